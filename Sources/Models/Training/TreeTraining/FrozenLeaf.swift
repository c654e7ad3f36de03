import Neural

/// What a small tree is told of its images by the tree that stands still: features, the leaf's probability and its z.
///
/// Without augmentation the features of an image never change while a leaf is split, so they are computed once; only the
/// way to the leaf is run again at every step, because its latents are drawn anew.
struct FrozenLeaf {
    private let tree: TreeVAE
    /// The leaf, in breadth-first order.
    private let node: Int
    private let leaf: Int
    private let seed: UInt64
    /// d^(0) ... d^(N−1) of the members, where they are kept; levels that the way to the leaf does not read are empty.
    private let cache: [Tensor]?
    /// P_leaf(x) of the members, beside `cache`.
    private let probabilities: Tensor?

    /// - Parameters:
    ///   - members: the images that train the small tree.
    ///   - caches: whether the images are the same at every step.
    init(
        tree: TreeVAE, node: Int, dataset: ImageDataset, members: [Int], settings: TreeTrainingSettings, caches: Bool
    ) {
        self.tree = tree
        self.node = node
        seed = settings.seed
        leaf = tree.topology.leaves.firstIndex(of: node) ?? 0
        let levels = Self.levels(tree, node)
        let size = tree.configuration.representationSize
        let floats = levels.reduce(0) { $0 + size * size * tree.configuration.bottomUpChannels[$1] }
        guard caches, members.count * floats * MemoryLayout<Float>.size <= settings.featureCacheLimit else {
            (cache, probabilities) = (nil, nil)
            return
        }
        let kept = (0..<tree.configuration.levels).map { level in
            Tensor([levels.contains(level) ? members.count : 0, size, size, tree.configuration.bottomUpChannels[level]])
        }
        let reached = Tensor([members.count])
        for first in stride(from: 0, to: members.count, by: settings.evaluationBatch) {
            let rows = first..<min(first + settings.evaluationBatch, members.count)
            let features = tree.features(dataset.tensor(members[rows]), in: .inference)
            for level in levels { kept[level].scatterRows(features[level], to: Array(rows)) }
            let probabilities = Self.probability(tree, leaf, features)
            (reached.data + first).update(from: probabilities.data, count: rows.count)
        }
        (cache, probabilities) = (kept, reached)
    }

    /// - Parameter rows: where the batch's images stand among the members.
    func input(_ batch: TreeBatch, rows: [Int], step: Int) -> SmallTreeInput {
        let features: [Tensor]
        let probability: Tensor
        if let cache, let probabilities {
            features = cache.map { $0.shape[0] == 0 ? $0 : $0.gatheringRows(rows) }
            probability = probabilities.gatheringRows(rows)
        } else {
            features = tree.features(batch.images, in: .inference)
            probability = Self.probability(tree, leaf, features)
        }
        let depth = tree.topology.nodes[node].depth
        let noise = KeyedNoise(seed: seed, step: UInt32(truncatingIfNeeded: step), images: batch.identities)
        let leaves = Array(repeating: leaf, count: batch.indices.count)
        let latents = tree.latents(features: features, leaf: leaves, noise: noise)
        return SmallTreeInput(
            images: batch.images, parentLatent: latents.groups[0].z, probability: probability,
            parentFeature: features[tree.configuration.featureIndex(depth: depth)],
            childFeature: features[tree.configuration.featureIndex(depth: depth + 1)])
    }

    private static func probability(_ tree: TreeVAE, _ leaf: Int, _ features: [Tensor]) -> Tensor {
        let table = tree.leafProbabilities(features: features)
        let leaves = table.channels
        let result = Tensor([table.rows])
        for row in 0..<table.rows { result.data[row] = table.data[row * leaves + leaf] }
        return result
    }

    /// The features that the nodes from the root to the leaf and the leaf's new children read.
    private static func levels(_ tree: TreeVAE, _ node: Int) -> ClosedRange<Int> {
        let depth = tree.topology.nodes[node].depth
        return tree.configuration.featureIndex(depth: depth + 1)...tree.configuration.levels - 1
    }
}
