import Foundation

/// The inputs that are kept of a target: one file each, named after what it once did.
enum Corpus {
    static func files(in folder: String) throws -> [String] {
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { folder + "/" + $0 }
    }

    static func inputs(in folder: String) throws -> [[UInt8]] { try files(in: folder).map(read) }

    static func read(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }
}
