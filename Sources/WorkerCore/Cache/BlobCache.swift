import Foundation
import Synchronization
import Wire

/// Datasets, models and checkpoints that the worker has fetched, as files named by their SHA-256.
///
/// The least recently used files go when the folder holds more than `capacity` bytes. A file whose bytes do not match
/// its name is fetched again.
package final class BlobCache: Sendable {
    private let directory: URL
    private let capacity: UInt64
    private let link: any BrokerLink
    /// One fetch at a time, so that two slots never download the same model twice.
    private let fetching = Mutex(())

    package init(directory: URL, capacity: UInt64, link: any BrokerLink) throws {
        self.directory = directory
        self.capacity = capacity
        self.link = link
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    /// The bytes of a blob, from disk or from the broker.
    package func bytes(sha256: String, size: UInt64) throws -> [UInt8] {
        guard SHA256.isHexDigest(sha256) else {
            throw JobError(.invalidArgument, "A file of the job has no SHA-256: submit the job again.")
        }
        return try fetching.withLock { _ in
            let file = directory.appending(path: sha256)
            if let cached = try read(file), SHA256.hexDigest(of: cached) == sha256 {
                try FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: file.path)
                return cached
            }
            let bytes = try link.download(sha256: sha256, size: size)
            let draft = directory.appending(path: sha256 + ".part")
            try DurableFile.write(bytes, to: draft)
            try DurableFile.rename(draft, to: file)
            try evict(keeping: sha256)
            return bytes
        }
    }

    private func read(_ file: URL) throws -> [UInt8]? {
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        return try [UInt8](Data(contentsOf: file))
    }

    private func evict(keeping sha256: String) throws {
        let keys: Set<URLResourceKey> = [.fileSizeKey, .contentModificationDateKey]
        var files: [(url: URL, size: UInt64, used: Date)] = []
        let urls = try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: Array(keys))
        for url in urls {
            let values = try url.resourceValues(forKeys: keys)
            files.append((url, UInt64(values.fileSize ?? 0), values.contentModificationDate ?? .distantPast))
        }
        var total: UInt64 = files.map(\.size).reduce(0, +)
        for file in files.sorted(by: { $0.used < $1.used }) {
            if total <= capacity { return }
            if file.url.lastPathComponent == sha256 { continue }
            try FileManager.default.removeItem(at: file.url)
            total -= file.size
        }
    }
}
