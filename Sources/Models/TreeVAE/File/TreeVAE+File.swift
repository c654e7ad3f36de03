import Neural

extension TreeVAE {
    /// The kinds a file may name in its metadata: Grove's own, and that of the authors' exported networks.
    private static let kinds: Set<String> = ["tree", "treevae"]
    private static let prefixes = ["param.", "buffer."]

    /// A tree from a file: metadata `config` and `tree`, tensors `param.*` and `buffer.*` under the authors' names.
    ///
    /// Strict: every tensor the tree needs must be there in its shape, and no other may be (the authors' loader filled in
    /// random weights where names did not match). Which denses have spectral normalisation is read off the names.
    package convenience init(_ file: Safetensors) throws {
        guard let kind = file.metadata["kind"], Self.kinds.contains(kind) else {
            throw TreeError("The file is of kind \"\((file.metadata["kind"] ?? "none").shown(40))\", not \"tree\".")
        }
        try self.init(stored: file)
    }

    /// A tree from the tensors of `file` and from what its metadata says of the tree, whatever else the file is.
    convenience init(stored file: Safetensors) throws {
        let configuration = try SettingsText.decode(TreeVAEConfiguration.self, from: file.metadata["config"], "config")
        let topology = try SettingsText.decode(TreeTopology.self, from: file.metadata["tree"], "tree")
        try configuration.validate()
        try topology.check(maximumDepth: configuration.maximumDepth)
        let state = try file.renamed { name in Self.prefixes.lazy.compactMap { name.rest(after: $0) }.first }
        let held = state.names.reduce(0) { $0 + (state[$1]?.count ?? 0) }
        let needed = configuration.parameterCount(topology)
        guard held >= needed else {
            throw TreeError("The file holds \(held) values but its settings describe a tree of \(needed).")
        }
        let indices = topology.nodes.indices
        try self.init(
            configuration, topology: topology,
            normalisedDenses: Set(indices.filter { state["denses.\($0).mu.parametrizations.weight.original"] != nil }),
            idleRouters: Set(indices.filter { state["decisions_q.\($0).conv1.weight"] != nil }), seed: 0)
        try self.state.load(state)
    }

    /// This tree as Grove's model file.
    ///
    /// - Parameter metadata: more pairs for the file's metadata, such as how the model was trained.
    package func fileBytes(metadata: [String: String] = [:]) throws(TreeError) -> [UInt8] {
        let own = [
            "kind": "tree", "config": try SettingsText.encode(configuration), "tree": try SettingsText.encode(topology),
        ]
        return Safetensors.encode(storedTensors(), metadata: metadata.merging(own) { $1 })
    }

    /// All tensors under their file names: what training changes as `param.*`, what it keeps aside as `buffer.*`.
    func storedTensors() -> [StoredTensor] {
        let state = self.state
        let parameters = Set(state.parameters.map(\.name))
        return state.tensors().map { tensor in
            let prefix = parameters.contains(tensor.name) ? Self.prefixes[0] : Self.prefixes[1]
            return StoredTensor(name: prefix + tensor.name, type: tensor.type, shape: tensor.shape, bytes: tensor.bytes)
        }
    }
}
