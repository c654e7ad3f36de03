import Foundation
import QueueLoad

#if canImport(Glibc)
import Glibc
#endif

/// A file system of its own with so much room, in memory; gone with the value. Only who may mount has one.
final class SmallDisk {
    let folder: URL

    /// - Returns: `nil` where this user may not mount.
    init?(mebibytes: Int, at folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.folder = folder
        guard Self.mount(folder, "size=\(mebibytes)m", flags: 0) else { return nil }
    }

    deinit {
        // Who holds a file there still has ended with its test.
        _ = umount2(folder.path, Int32(MNT_DETACH))
    }

    func resize(mebibytes: Int) throws {
        guard Self.mount(folder, "size=\(mebibytes)m", flags: UInt(MS_REMOUNT)) else {
            throw ChaosError("the disk at \(folder.path) cannot be resized: \(String(cString: strerror(errno)))")
        }
    }

    /// Takes all that is free, as another program does.
    func fill() throws {
        let file = Glibc.open(filler.path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard file >= 0 else { throw ChaosError("the disk cannot be filled: \(String(cString: strerror(errno)))") }
        defer { close(file) }
        let piece = [UInt8](repeating: 0, count: 4096)
        while write(file, piece, piece.count) > 0 {}
    }

    func unfill() throws { try FileManager.default.removeItem(at: filler) }

    private var filler: URL { folder.appending(path: "of another program") }

    func freeBytes() throws -> Int {
        var status = statvfs()
        guard statvfs(folder.path, &status) == 0 else { throw ChaosError("nobody says how full \(folder.path) is") }
        return Int(status.f_bavail) * Int(status.f_frsize)
    }

    private static func mount(_ folder: URL, _ options: String, flags: UInt) -> Bool {
        options.withCString { Glibc.mount("tmpfs", folder.path, "tmpfs", flags, $0) == 0 }
    }
}
