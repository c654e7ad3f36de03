import Foundation
import Wire

/// Outcomes that the broker has not confirmed yet, kept on disk: a worker that loses the broker, or its own process,
/// still delivers what it finished.
///
/// One folder an attempt: `completion` is the request, the other files are its blobs, named by their SHA-256. The folder
/// is written under a temporary name and renamed when it is whole, so a half-written one is never delivered.
package struct Outbox: Sendable {
    private let directory: URL

    package init(directory: URL) throws {
        self.directory = directory
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        for entry in try contents() where entry.lastPathComponent.hasPrefix(Self.unfinished) {
            try FileManager.default.removeItem(at: entry)
        }
    }

    /// The keys of outcomes that wait for delivery.
    package func waiting() throws -> [String] {
        try contents().map(\.lastPathComponent).filter { !$0.hasPrefix(Self.unfinished) }.sorted()
    }

    /// Writes an outcome durably.
    package func put(_ attempt: Grove_V1_AttemptId, _ outcome: JobOutcome) throws {
        let draft = directory.appending(path: Self.unfinished + attempt.key)
        if FileManager.default.fileExists(atPath: draft.path) { try FileManager.default.removeItem(at: draft) }
        try FileManager.default.createDirectory(at: draft, withIntermediateDirectories: true)
        let request = try Self.request(attempt, outcome) { bytes, sha256 in
            try DurableFile.write(bytes, to: draft.appending(path: sha256))
        }
        try DurableFile.write(encode(request), to: draft.appending(path: Self.completion))
        try DurableFile.rename(draft, to: directory.appending(path: attempt.key))
    }

    package func request(_ key: String) throws -> Grove_V1_CompleteRequest {
        let bytes = try Data(contentsOf: directory.appending(path: key).appending(path: Self.completion))
        return try decode(Grove_V1_CompleteRequest.self, from: [UInt8](bytes), what: "the outcome of \(key)")
    }

    package func blob(_ sha256: String, of key: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: directory.appending(path: key).appending(path: sha256)))
    }

    package func remove(_ key: String) throws {
        try FileManager.default.removeItem(at: directory.appending(path: key))
    }

    private func contents() throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
    }

    private static func request(
        _ attempt: Grove_V1_AttemptId, _ outcome: JobOutcome, store: ([UInt8], String) throws -> Void
    ) throws -> Grove_V1_CompleteRequest {
        var request = Grove_V1_CompleteRequest()
        request.attempt = attempt
        func file(_ name: String, _ mediaType: String, _ bytes: [UInt8]) throws -> Grove_V1_FileRef {
            let sha256 = SHA256.hexDigest(of: bytes)
            try store(bytes, sha256)
            var file = Grove_V1_FileRef()
            file.name = name
            file.sha256 = sha256
            file.size = UInt64(bytes.count)
            file.mediaType = mediaType
            return file
        }
        switch outcome {
        case .succeeded(let products):
            var success = Grove_V1_Success()
            success.results = try products.files.map { try file($0.name, $0.mediaType, $0.bytes) }
            success.artifacts = try products.artifacts.map { made in
                var artifact = Grove_V1_NewArtifact()
                artifact.name = made.name
                artifact.kind = made.kind
                artifact.facts = made.facts
                artifact.blob = try file(made.name, "application/x-safetensors", made.bytes)
                return artifact
            }
            request.success = success
        case .failed(let error):
            request.failure = error.status
        case .interrupted(let reason):
            request.interruption.reason = reason
        }
        return request
    }

    private static let unfinished = "unfinished-"
    private static let completion = "completion"
}
