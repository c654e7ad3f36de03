extension ArtifactRef {
    /// Reads `mnist` (the newest version) or `mnist@3`.
    /// - Throws: INVALID_ARGUMENT with a sentence.
    package static func parse(_ text: String) throws(RPCError) -> ArtifactRef {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var reference = ArtifactRef()
        reference.name = parts[0]
        guard JobValidation.isName(reference.name) else {
            throw RPCError(
                .invalidArgument,
                "'\(text.prefix(80))' is not a name; names have 1 to 64 of the characters a-z 0-9 . _ -, "
                    + "and @3 after one means its version 3")
        }
        guard parts.count == 2 else { return reference }
        guard let version = UInt32(parts[1]), version > 0 else {
            throw RPCError(
                .invalidArgument,
                "'\(parts[1].prefix(20))' is not a version; write \(reference.name)@1, or "
                    + "\(reference.name) alone for the newest")
        }
        reference.version = version
        return reference
    }

    /// As it is written: `mnist@3`.
    package var text: String { version == 0 ? name : "\(name)@\(version)" }
}

extension ArtifactKind {
    /// The word for it.
    package var name: String {
        switch self {
        case .dataset: "dataset"
        case .tree: "tree"
        case .diffusion: "diffusion"
        case .classifier: "classifier"
        case .unspecified, .UNRECOGNIZED: "unknown"
        }
    }
}
