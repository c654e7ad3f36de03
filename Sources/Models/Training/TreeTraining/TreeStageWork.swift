import Neural

/// What one stage trains: a network with its optimiser, and the batches it sees.
final class TreeStageWork {
    let optimiser: Adam
    /// In a split stage, what is being trained; otherwise nil, and the tree itself is.
    let small: SmallTree?
    private(set) var batches: TreeBatches
    private let tree: TreeVAE
    private let graph: Graph
    private let walk: TreeWalk
    private let frozen: FrozenLeaf?
    private let seed: UInt64

    /// - Parameters:
    ///   - graph: records the losses of all steps.
    ///   - members: the images that take part.
    init(
        tree: TreeVAE, in graph: Graph, dataset: ImageDataset, members: [Int], settings: TreeTrainingSettings,
        position: TreeTrainingPosition, augmentation: ImageAugmentation?
    ) {
        self.tree = tree
        self.graph = graph
        walk = TreeWalk(tree, in: graph)
        seed = settings.seed
        batches = TreeBatches(
            dataset: dataset, members: members, settings: settings, stage: position.stagesBegun,
            views: settings.views(of: position.stage),
            augmentation: settings.augments(position.stage) ? augmentation : nil)
        if position.stage == .split, let node = position.splitNode {
            small = SmallTree(
                settings.tree, depth: tree.topology.nodes[node].depth + 1,
                seed: Self.seed(settings.seed, split: position.splitsDone))
            frozen = FrozenLeaf(
                tree: tree, node: node, dataset: dataset, members: members, settings: settings,
                caches: !settings.tree.augment)
        } else {
            (small, frozen) = (nil, nil)
        }
        optimiser = Adam(
            parameters: small?.state.parameters ?? tree.state.parameters, learningRate: settings.learningRate,
            weightDecay: Float(settings.weightDecay))
    }

    /// The losses of the step at `position`, recorded.
    func losses(_ position: TreeTrainingPosition) -> TreeLosses {
        let batch = batches.batch(
            epoch: position.epoch, batch: position.batch, step: position.stepsDone, in: graph)
        let step = UInt32(truncatingIfNeeded: position.stepsDone)
        let dropout = RandomKey(seed: seed, use: TreeRandomUse.dropout, step: step)
        guard let small, let frozen else {
            let noise = KeyedNoise(seed: seed, step: step, images: batch.identities)
            return walk.pass(batch.images, noise: noise, dropout: dropout, comparingViews: batches.views > 1).losses
        }
        let noise = KeyedNoise(
            seed: seed, step: step, images: batch.identities, use: TreeRandomUse.smallTreeLatents)
        let input = frozen.input(batch, step: position.stepsDone)
        return small.pass(input, noise: noise, dropout: dropout, in: graph).losses
    }

    /// Each small tree starts from weights of its own (the constant is 2⁶⁴ over the golden ratio).
    private static func seed(_ seed: UInt64, split: Int) -> UInt64 {
        seed &+ UInt64(split + 1) &* 0x9E37_79B9_7F4A_7C15
    }
}
