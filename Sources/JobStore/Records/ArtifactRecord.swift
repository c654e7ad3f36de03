/// A dataset or model: a blob with a name and a version. Each kind has names of its own.
package struct ArtifactRecord: Hashable, Sendable {
    /// Opaque here.
    package let kind: Int
    package let name: String
    /// 1, 2, 3 …
    package let version: Int
    package let sha256: String
    package let size: Int64
    package let createdMS: Int64
    /// The job that made it; empty for one that came otherwise.
    package let jobID: String
    /// What is known of it; opaque here.
    package let facts: [UInt8]
}

/// An artifact to be kept, under the next version of its name.
package struct NewArtifact: Hashable, Sendable {
    package var kind: Int
    package var name: String
    package var sha256: String
    package var size: Int64
    package var facts: [UInt8]

    package init(kind: Int, name: String, sha256: String, size: Int64, facts: [UInt8] = []) {
        self.kind = kind
        self.name = name
        self.sha256 = sha256
        self.size = size
        self.facts = facts
    }
}
