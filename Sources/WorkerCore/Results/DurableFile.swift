import Foundation

/// Files that are on the disk when the call returns.
enum DurableFile {
    static func write(_ bytes: [UInt8], to url: URL) throws {
        try Data(bytes).write(to: url)
        let handle = try FileHandle(forUpdating: url)
        try handle.synchronize()
        try handle.close()
    }

    /// Renames, then syncs the folder that holds the name.
    static func rename(_ source: URL, to target: URL) throws {
        if FileManager.default.fileExists(atPath: target.path) { try FileManager.default.removeItem(at: target) }
        try FileManager.default.moveItem(at: source, to: target)
        try synchronizeFolder(target.deletingLastPathComponent())
    }

    /// Has the names in a folder on the disk.
    static func synchronizeFolder(_ url: URL) throws {
        let folder = try FileHandle(forReadingFrom: url)
        try folder.synchronize()
        try folder.close()
    }
}
