import Foundation
import Models
import Wire

/// What a job kind may use while it runs.
package struct JobContext: Sendable {
    let attempt: RunningAttempt
    let link: any BrokerLink
    let blobs: BlobCache
    let models: ModelCache
    let precedence: Precedence

    func log(_ line: String) {
        attempt.log(line)
    }

    /// Throws when the attempt was told to stop; to be called between two steps.
    func checkStop() throws {
        if let reason = attempt.stop { throw JobStopped(reason: reason) }
    }

    /// - Throws: `JobError` for a file that does not fit into memory, before it is fetched.
    func bytes(_ file: Grove_V1_FileRef) throws -> [UInt8] {
        try require(bytes: Int(clamping: file.size))
        return try blobs.bytes(sha256: file.sha256, size: file.size)
    }

    func bytes(_ artifact: Grove_V1_ArtifactRef) throws -> [UInt8] {
        try require(bytes: Int(clamping: artifact.size))
        return try blobs.bytes(sha256: artifact.sha256, size: artifact.size)
    }

    /// Uploads a checkpoint and makes it the one that a later attempt begins from.
    ///
    /// - Parameters:
    ///   - checkpoint: nil where there are files only.
    ///   - isBest: whether it is kept beside the newest two.
    ///   - files: what the run can show so far.
    func save(checkpoint: ResultFile?, isBest: Bool = false, files: [ResultFile]) throws {
        var request = Grove_V1_CheckpointRequest()
        request.attempt = attempt.id
        request.best = isBest
        if let checkpoint { request.checkpoint = try upload(checkpoint) }
        request.files = try files.map(upload)
        try link.checkpoint(request)
    }

    private func upload(_ file: ResultFile) throws -> Grove_V1_FileRef {
        var reference = Grove_V1_FileRef()
        reference.name = file.name
        reference.mediaType = file.mediaType
        reference.size = UInt64(file.bytes.count)
        reference.sha256 = try link.upload(file.bytes)
        return reference
    }
}
