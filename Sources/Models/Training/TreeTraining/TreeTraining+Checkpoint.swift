import Neural

extension TreeTraining {
    private static let kind = "tree-training"
    private static let treePrefix = "tree."
    private static let smallPrefix = "small."
    private static let optimiserPrefix = "adam."
    private static let members = "members"

    package func checkpoint() throws -> [UInt8] {
        var tensors = tree.storedTensors().map { tensor in
            StoredTensor(
                name: Self.treePrefix + tensor.name, type: tensor.type, shape: tensor.shape, bytes: tensor.bytes)
        }
        if let stage {
            tensors += stage.optimiser.tensors(prefix: Self.optimiserPrefix)
            if let small = stage.small {
                tensors += small.state.tensors(prefix: Self.smallPrefix)
                let members = stage.batches.members
                tensors.append(StoredTensor(Self.members, members.map(Int64.init), shape: [members.count]))
            }
        }
        try tensors.requireNumbers(step: position.stepsDone)
        let metadata = [
            "kind": Self.kind, "config": try settings.tree.json(), "tree": try SettingsText.encode(tree.topology),
            "settings": try SettingsText.encode(settings), "position": try SettingsText.encode(position),
            "dataset": dataset.fingerprint,
        ]
        return Safetensors.encode(tensors, metadata: metadata)
    }

    /// Goes on from a checkpoint, with the data set and the augmentation of the interrupted run.
    /// Throws a sentence if the bytes are no checkpoint or belong to another data set.
    ///
    /// - Parameter change: what is different from here on; the networks must stay as they are.
    package convenience init(
        resuming bytes: [UInt8], dataset: ImageDataset, augmentation: ImageAugmentation? = nil,
        changing change: (TreeTrainingSettings) throws -> TreeTrainingSettings = { $0 }
    ) throws {
        let file = try Safetensors(bytes: bytes)
        guard file.metadata["kind"] == Self.kind else {
            throw TreeError(
                "These bytes are not a checkpoint of a tree's training; give one that such a run has written.")
        }
        guard file.metadata["dataset"] == dataset.fingerprint else {
            throw TreeError("The checkpoint belongs to another data set; give the run the images it began with.")
        }
        let settings = try change(
            SettingsText.decode(TreeTrainingSettings.self, from: file.metadata["settings"], "settings"))
        let position = try SettingsText.decode(TreeTrainingPosition.self, from: file.metadata["position"], "position")
        try settings.validate()
        try position.check()
        let tree = try TreeVAE(stored: file.under(Self.treePrefix))
        guard tree.configuration == settings.tree else {
            throw TreeError(
                "A run that goes on keeps its networks and their loss: leave those settings as the checkpoint has them."
            )
        }
        let members = try Self.members(of: file, position, tree, dataset)
        try self.init(
            settings: settings, dataset: dataset, augmentation: augmentation, tree: tree, position: position,
            members: members)
        guard let stage else { return }
        try stage.small?.state.load(file, prefix: Self.smallPrefix)
        try stage.optimiser.load(file, prefix: Self.optimiserPrefix)
        passWhatIsDone()
    }

    /// The images of the stage at `position`.
    private static func members(
        of file: Safetensors, _ position: TreeTrainingPosition, _ tree: TreeVAE, _ dataset: ImageDataset
    ) throws -> [Int] {
        guard position.stage == .split else { return Array(0..<dataset.count) }
        guard let node = position.splitNode, tree.topology.nodes.indices.contains(node),
            tree.topology.nodes[node].kind == .leaf,
            tree.topology.nodes[node].depth < tree.configuration.maximumDepth
        else { throw TreeError("The checkpoint splits a node that its tree does not have as a leaf; use another one.") }
        let members = try file.integers(Self.members).map { Int($0) }
        guard members.count >= 2, members.allSatisfy({ (0..<dataset.count).contains($0) }) else {
            throw TreeError("The checkpoint's list of images does not fit the data set; use another one.")
        }
        return members
    }
}

extension ImageDataset {
    /// Tells data sets apart: shape, number and a 64-bit FNV-1a digest of the pixels.
    var fingerprint: String {
        let digest = pixels.reduce(into: UInt64(0xCBF2_9CE4_8422_2325)) { $0 = ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return "\(count)x\(height)x\(width)x\(channels)-\(String(digest, radix: 16))"
    }
}
