import Foundation
import Wire

/// Outcomes that the broker has not confirmed yet, kept on disk: a worker that loses the broker, or its own process,
/// still delivers what it finished.
///
/// One folder an attempt: `completion` is the request, `blobs` the bytes that it names, one after the other, for a
/// thousand small files would take seconds to sync. The folder is written under a temporary name and renamed when it is
/// whole, so a half-written one is never delivered.
package struct Outbox: Sendable {
    private let directory: URL

    package init(directory: URL) throws {
        self.directory = directory
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        for entry in try contents() where entry.lastPathComponent.hasPrefix(Self.unfinished) {
            try FileManager.default.removeItem(at: entry)
        }
    }

    /// The keys of outcomes that wait for delivery. No key begins with a point: "..", which a name of other bytes can be read
    /// as, is the folder above.
    package func waiting() throws -> [String] {
        try contents().map(\.lastPathComponent).filter { !$0.hasPrefix(Self.unfinished) && !$0.hasPrefix(".") }.sorted()
    }

    /// Writes an outcome durably. Leaves nothing behind when it throws.
    package func put(_ parcel: Parcel) throws {
        let draft = directory.appending(path: Self.unfinished + parcel.key)
        do {
            try write(parcel, to: draft)
            try DurableFile.rename(draft, to: directory.appending(path: parcel.key))
        } catch {
            // A full disk must not stay full because of what it could not take.
            if FileManager.default.fileExists(atPath: draft.path) { try FileManager.default.removeItem(at: draft) }
            throw error
        }
    }

    private func write(_ parcel: Parcel, to draft: URL) throws {
        if FileManager.default.fileExists(atPath: draft.path) { try FileManager.default.removeItem(at: draft) }
        try FileManager.default.createDirectory(at: draft, withIntermediateDirectories: true)
        let blobs = parcel.request.blobs.flatMap { parcel.blobs[$0.sha256] ?? [] }
        try DurableFile.write(blobs, to: draft.appending(path: Self.blobs))
        try DurableFile.write(encode(parcel.request), to: draft.appending(path: Self.completion))
        try DurableFile.synchronizeFolder(draft)
    }

    /// An outcome as it was put.
    ///
    /// - Throws: where its files are not whole. Whether the bytes are the same is seen when they are uploaded.
    package func parcel(_ key: String) throws -> Parcel {
        let folder = directory.appending(path: key)
        let request = try decode(
            Grove_V1_CompleteRequest.self, from: [UInt8](Data(contentsOf: folder.appending(path: Self.completion))),
            what: "the outcome of \(key)")
        let bytes = try [UInt8](Data(contentsOf: folder.appending(path: Self.blobs)))
        var blobs: [String: [UInt8]] = [:]
        var offset = 0
        for file in request.blobs {
            guard file.size <= UInt64(bytes.count - offset) else {
                throw JobError(.dataLoss, "The outbox's files of \(key) are not whole.")
            }
            blobs[file.sha256] = Array(bytes[offset..<(offset + Int(file.size))])
            offset += Int(file.size)
        }
        guard request.attempt.key == key, offset == bytes.count else {
            throw JobError(.dataLoss, "The outbox's files of \(key) do not belong together.")
        }
        return Parcel(request, blobs: blobs)
    }

    /// Does nothing where there is no such outcome.
    package func remove(_ key: String) throws {
        guard FileManager.default.fileExists(atPath: directory.appending(path: key).path) else { return }
        try FileManager.default.removeItem(at: directory.appending(path: key))
    }

    private func contents() throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
    }

    private static let unfinished = "unfinished-"
    private static let completion = "completion"
    private static let blobs = "blobs"
}
