import Wire

/// A file that a job made.
package struct ResultFile: Sendable {
    /// Relative, with "/" between folders, as it will be laid out in the collector's folder.
    package var name: String
    package var mediaType: String
    package var bytes: [UInt8]

    package init(name: String, mediaType: String, bytes: [UInt8]) {
        self.name = name
        self.mediaType = mediaType
        self.bytes = bytes
    }
}

/// A dataset or model that a job made, to be kept under a name.
package struct MadeArtifact: Sendable {
    package var name: String
    package var kind: Grove_V1_ArtifactKind
    package var facts: Grove_V1_ArtifactFacts
    package var bytes: [UInt8]

    package init(name: String, kind: Grove_V1_ArtifactKind, facts: Grove_V1_ArtifactFacts, bytes: [UInt8]) {
        self.name = name
        self.kind = kind
        self.facts = facts
        self.bytes = bytes
    }
}

/// What a finished job leaves behind.
package struct JobProducts: Sendable {
    package var files: [ResultFile] = []
    package var artifacts: [MadeArtifact] = []

    package init(files: [ResultFile] = [], artifacts: [MadeArtifact] = []) {
        self.files = files
        self.artifacts = artifacts
    }
}

/// How an attempt ended.
package enum JobOutcome: Sendable {
    case succeeded(JobProducts)
    case failed(RPCError)
    case interrupted(reason: String)
}
