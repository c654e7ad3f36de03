import Calls

extension Client {
    /// Datasets and models.
    /// - Parameter kind: `.unspecified` for all.
    public func artifacts(_ kind: ArtifactKind = .unspecified) async throws(RPCError) -> [Artifact] {
        var request = Grove_V1_ListArtifactsRequest()
        request.kind = kind
        let response: Grove_V1_ListArtifactsResponse = try await call(Method.artifactsList, request)
        return response.artifacts
    }

    /// One dataset or model.
    /// - Parameters:
    ///   - reference: without a version, the newest.
    ///   - kind: `.unspecified` finds the only kind that has the name.
    /// - Throws: NOT_FOUND with what there is; INVALID_ARGUMENT when several kinds have the name.
    public func artifact(
        _ reference: ArtifactRef, _ kind: ArtifactKind = .unspecified
    ) async throws(RPCError) -> Artifact {
        var request = Grove_V1_GetArtifactRequest()
        (request.ref, request.kind) = (reference, kind)
        return try await call(Method.artifactsGet, request)
    }

    /// Downloads the file of a dataset or model; it appears only when it is complete and its hash is right. One that is
    /// there already with the same bytes is fine; with others, an error.
    /// - Throws: `RPCError`, or `FileError`.
    public func download(
        _ artifact: Artifact, to path: String,
        progress: @escaping @Sendable (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
    ) async throws {
        let blob = BlobName(sha256: artifact.ref.sha256, size: artifact.ref.size)
        try await BlobTransfer(connection).download(blob, to: path, progress: progress)
    }

    /// Which diffusion model to refine a tree's images with, when nobody said: the only one there is for it.
    ///
    /// - Returns: `nil` when there is none.
    /// - Throws: NOT_FOUND for an unknown tree, INVALID_ARGUMENT when there are several to choose from.
    public func refiner(of tree: ArtifactRef) async throws(RPCError) -> ArtifactRef? {
        let all = try await artifacts()
        let versions = all.filter { $0.kind == .tree && $0.ref.name == tree.name }
        let wanted = versions.filter { tree.version == 0 || $0.ref.version == tree.version }
        guard let chosen = wanted.max(by: { $0.ref.version < $1.ref.version }) else {
            throw RPCError(.notFound, "no tree '\(tree.text)'; see 'grove models'")
        }
        let candidates = all.filter { $0.kind == .diffusion && $0.facts.treeSha256 == chosen.ref.sha256 }
        let names = Set(candidates.map(\.ref.name)).sorted()
        guard names.count <= 1 else {
            throw RPCError(
                .invalidArgument,
                "tree '\(tree.text)' has several diffusion models (\(names.joined(separator: ", "))); "
                    + "name one with --diffusion, or --no-refine")
        }
        return candidates.max { $0.ref.version < $1.ref.version }?.ref
    }
}
