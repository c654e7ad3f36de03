import Neural

/// What a small tree is told of its images by the tree that stands still: features, the leaf's probability and its z.
///
/// Without augmentation the features of an image never change while a leaf is split, so they are computed once; only the
/// way to the leaf is run again at every step, because its latents are drawn anew.
final class FrozenLeaf {
    private let tree: TreeVAE
    /// From the root to the leaf.
    private let path: [Int]
    private let depth: Int
    private let seed: UInt64
    /// One for all steps, for the tree stands still: it prepares each weight once and uses its tensors again.
    private let graph = Graph.inference
    /// d^(0) ... d^(N−1) of the members, where they are kept; levels that the way to the leaf does not read are empty.
    private let cache: [Tensor]?
    /// P_leaf(x) of the members, beside `cache`.
    private let probabilities: Tensor?
    // Lists of the latest batch, whose memory serves the next.
    private var features: [Tensor] = []
    private var positions: [Int] = []

    /// - Parameters:
    ///   - node: the leaf, in breadth-first order.
    ///   - members: the images that train the small tree.
    ///   - caches: whether the images are the same at every step.
    init(
        tree: TreeVAE, node: Int, dataset: ImageDataset, members: [Int], settings: TreeTrainingSettings, caches: Bool
    ) {
        self.tree = tree
        path = tree.topology.path(to: node)
        depth = tree.topology.nodes[node].depth
        seed = settings.seed
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
            let features = tree.features(dataset.tensor(members[rows]), in: graph)
            for level in levels { kept[level].scatterRows(features[level], to: Array(rows)) }
            let probabilities = tree.probability(along: path, features: features, in: graph)
            (reached.data + first).update(from: probabilities.data, count: rows.count)
        }
        (cache, probabilities) = (kept, reached)
    }

    func input(_ batch: TreeBatch, step: Int) -> SmallTreeInput {
        features.removeAll(keepingCapacity: true)
        let probability: Tensor
        if let cache, let probabilities {
            for level in cache {
                features.append(level.shape[0] == 0 ? level : level.gatheringRows(batch.members, in: graph))
            }
            probability = probabilities.gatheringRows(batch.members, in: graph)
        } else {
            tree.appendFeatures(batch.images, to: &features, in: graph)
            probability = tree.probability(along: path, features: features, in: graph)
        }
        let noise = KeyedNoise(seed: seed, step: UInt32(truncatingIfNeeded: step), images: batch.identities)
        if positions.count != batch.members.count { positions = Array(batch.members.indices) }
        return SmallTreeInput(
            images: batch.images,
            parentLatent: tree.latent(along: path, features: features, images: positions, noise: noise, in: graph),
            probability: probability, parentFeature: features[tree.configuration.featureIndex(depth: depth)],
            childFeature: features[tree.configuration.featureIndex(depth: depth + 1)])
    }

    /// The features that the nodes from the root to the leaf and the leaf's new children read.
    private static func levels(_ tree: TreeVAE, _ node: Int) -> ClosedRange<Int> {
        let depth = tree.topology.nodes[node].depth
        return tree.configuration.featureIndex(depth: depth + 1)...tree.configuration.levels - 1
    }
}
