import JobStore
import Wire

extension FileRecord {
    init(_ file: Grove_V1_FileRef) {
        self.init(name: file.name, sha256: file.sha256, size: Int64(clamping: file.size), mediaType: file.mediaType)
    }

    var message: Grove_V1_FileRef {
        var file = Grove_V1_FileRef()
        file.name = name
        file.sha256 = sha256
        file.size = UInt64(clamping: size)
        file.mediaType = mediaType
        return file
    }
}

extension ArtifactRecord {
    var reference: Grove_V1_ArtifactRef {
        var reference = Grove_V1_ArtifactRef()
        reference.name = name
        reference.version = UInt32(clamping: version)
        reference.sha256 = sha256
        reference.size = UInt64(clamping: size)
        return reference
    }

    /// - Throws: `RPCError` when the stored bytes are not what was stored.
    func message() throws(RPCError) -> Grove_V1_Artifact {
        var artifact = Grove_V1_Artifact()
        artifact.ref = reference
        artifact.kind = Grove_V1_ArtifactKind(rawValue: kind) ?? .unspecified
        artifact.createdMs = createdMS
        artifact.jobID = jobID
        artifact.facts = try decode(Grove_V1_ArtifactFacts.self, from: facts, what: "the stored facts of \(name)")
        return artifact
    }
}

extension Grove_V1_ArtifactKind {
    /// The word for one.
    var noun: String {
        switch self {
        case .dataset: "dataset"
        case .tree: "tree"
        case .diffusion: "diffusion model"
        case .classifier: "classifier"
        case .unspecified, .UNRECOGNIZED: "artifact"
        }
    }
}

extension AttemptKey {
    init(_ attempt: Grove_V1_AttemptId) {
        self.init(jobID: attempt.jobID, number: Int(attempt.attempt))
    }

    var message: Grove_V1_AttemptId {
        var attempt = Grove_V1_AttemptId()
        attempt.jobID = jobID
        attempt.attempt = UInt32(clamping: number)
        return attempt
    }
}

extension Grove_V1_Terms {
    /// - Throws: `RPCError` when the stored bytes are not what was stored.
    init(stored bytes: [UInt8]) throws(RPCError) {
        self = bytes.isEmpty ? Self() : try decode(Self.self, from: bytes, what: "the stored terms of a job")
    }
}

extension FailureRecord {
    init(_ error: RPCError) {
        self.init(code: Int(error.code.rawValue), message: error.message)
    }

    var status: Grove_V1_Status {
        var status = Grove_V1_Status()
        status.code = UInt32(clamping: code)
        status.message = message
        return status
    }
}

extension Grove_V1_JobState {
    init(_ state: JobState) {
        switch state {
        case .waiting: self = .waiting
        case .running: self = .running
        case .succeeded: self = .succeeded
        case .failed: self = .failed
        case .cancelled: self = .cancelled
        case .expired: self = .expired
        }
    }

    /// - Returns: `nil` for a state that is unknown here.
    var stored: JobState? {
        switch self {
        case .waiting: .waiting
        case .running: .running
        case .succeeded: .succeeded
        case .failed: .failed
        case .cancelled: .cancelled
        case .expired: .expired
        case .unspecified, .UNRECOGNIZED: nil
        }
    }
}
