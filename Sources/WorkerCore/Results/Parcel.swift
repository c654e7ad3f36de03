import Foundation
import Wire

/// An outcome as it is handed in: the request, and the blobs that go up before it.
package struct Parcel: Sendable {
    package let request: Grove_V1_CompleteRequest
    /// By SHA-256.
    package let blobs: [String: [UInt8]]

    /// - Parameter incarnation: that of the worker when it took the job, for a later start may hand the outcome in.
    package init(_ attempt: Grove_V1_AttemptId, _ incarnation: [UInt8], _ outcome: JobOutcome) {
        var request = Grove_V1_CompleteRequest()
        var blobs: [String: [UInt8]] = [:]
        request.attempt = attempt
        request.incarnation = Data(incarnation)
        func file(_ name: String, _ mediaType: String, _ bytes: [UInt8]) -> Grove_V1_FileRef {
            var file = Grove_V1_FileRef()
            file.name = name
            file.sha256 = SHA256.hexDigest(of: bytes)
            file.size = UInt64(bytes.count)
            file.mediaType = mediaType
            blobs[file.sha256] = bytes
            return file
        }
        switch outcome {
        case .succeeded(let products):
            var success = Grove_V1_Success()
            success.results = products.files.map { file($0.name, $0.mediaType, $0.bytes) }
            success.artifacts = products.artifacts.map { made in
                var artifact = Grove_V1_NewArtifact()
                artifact.name = made.name
                artifact.kind = made.kind
                artifact.facts = made.facts
                artifact.blob = file(made.name, "application/x-safetensors", made.bytes)
                return artifact
            }
            request.success = success
        case .failed(let error):
            request.failure = error.status
        case .interrupted(let reason):
            request.interruption.reason = reason
        }
        self.request = request
        self.blobs = blobs
    }

    init(_ request: Grove_V1_CompleteRequest, blobs: [String: [UInt8]]) {
        self.request = request
        self.blobs = blobs
    }

    /// The name under which the outbox keeps it.
    package var key: String { request.attempt.key }
}

extension Grove_V1_CompleteRequest {
    /// The contents that it names, each once, in their order.
    var blobs: [Grove_V1_FileRef] {
        var seen: Set<String> = []
        return (success.results + success.artifacts.map(\.blob)).filter { seen.insert($0.sha256).inserted }
    }
}
