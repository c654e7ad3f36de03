extension Client {
    /// The tree that a name means, whether it is the tree's own, that of one of its diffusion models or the id of the job
    /// that made either; and the diffusion model, where it means one.
    ///
    /// - Throws: NOT_FOUND with a sentence where it means none.
    public func tree(meantBy text: String) async throws(RPCError) -> (tree: ArtifactRef, diffusion: ArtifactRef?) {
        let all = try await artifacts()
        let models = all.filter { $0.kind == .tree || $0.kind == .diffusion }
        let found = try Self.newest(models, named: ArtifactRef.parse(text)) ?? models.last { $0.jobID == text }
        guard let found else {
            throw RPCError(
                .notFound,
                "'\(text.prefix(80))' is neither a tree or diffusion model nor a job that made one; see 'grove models'")
        }
        guard found.kind == .diffusion else { return (found.ref, nil) }
        guard let tree = all.first(where: { $0.kind == .tree && $0.ref.sha256 == found.facts.treeSha256 }) else {
            throw RPCError(
                .notFound, "the tree of the diffusion model '\(found.ref.text)' is not there any more; import it again")
        }
        return (tree.ref, found.ref)
    }

    /// The newest model of a name, or the version that is named; a tree before a diffusion model.
    private static func newest(_ models: [Artifact], named reference: ArtifactRef) -> Artifact? {
        let named = models.filter {
            $0.ref.name == reference.name && (reference.version == 0 || $0.ref.version == reference.version)
        }
        let trees = named.filter { $0.kind == .tree }
        return (trees.isEmpty ? named : trees).max { $0.ref.version < $1.ref.version }
    }
}
