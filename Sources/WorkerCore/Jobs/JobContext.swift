import Foundation
import Models
import Wire

/// What a job kind may use while it runs.
package struct JobContext: Sendable {
    let attempt: RunningAttempt
    let link: any BrokerLink
    let blobs: BlobCache
    let models: ModelCache

    func log(_ line: String) {
        attempt.log(line)
    }

    /// Throws when the attempt was told to stop; to be called between two steps.
    func checkStop() throws {
        if let reason = attempt.stop { throw JobStopped(reason: reason) }
    }

    func bytes(_ file: Grove_V1_FileRef) throws -> [UInt8] {
        try blobs.bytes(sha256: file.sha256, size: file.size)
    }

    func bytes(_ artifact: Grove_V1_ArtifactRef) throws -> [UInt8] {
        try blobs.bytes(sha256: artifact.sha256, size: artifact.size)
    }

    /// Uploads a checkpoint and makes it the one that a later attempt begins from.
    func save(checkpoint bytes: [UInt8]) throws {
        let sha256 = try link.upload(bytes)
        var file = Grove_V1_FileRef()
        file.name = "checkpoint"
        file.sha256 = sha256
        file.size = UInt64(bytes.count)
        file.mediaType = "application/x-safetensors"
        try link.checkpoint(attempt.id, file: file)
    }
}
