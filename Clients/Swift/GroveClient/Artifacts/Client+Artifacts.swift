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
