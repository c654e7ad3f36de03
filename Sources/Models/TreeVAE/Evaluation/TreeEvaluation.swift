import Neural

/// How good a tree is on a data set: its clustering and the addends of its negative ELBO.
package struct TreeEvaluation: Sendable {
    package let images: Int
    /// argmax_l P_l(x) of every image, in leaf order.
    package let assignments: [Int]
    /// The share of all probability that each leaf has.
    package let leafShares: [Double]
    /// Compared with the classes, where the data set has any.
    package let clustering: ClusteringReport?
    /// Means over images, at α = 1.
    package let lossParts: [TrainingProgress.Part]
    /// The mean negative ELBO: the sum of the parts.
    package let negativeELBO: Double

    /// Images a pass.
    static let batch = 256

    /// Runs every image through the whole tree in evaluation mode.
    ///
    /// - Parameters:
    ///   - seed: of the latents' noise; the same seed gives the same numbers, on any number of cores.
    ///   - batch: images a pass; it bounds memory.
    package init(
        _ tree: TreeVAE, dataset: ImageDataset, seed: UInt64 = 0, batch: Int = Self.batch
    ) throws(EvaluationError) {
        var tables: [Tensor] = []
        var sums: [String: Double] = [:]
        var names: [String] = []
        for first in stride(from: 0, to: dataset.count, by: max(1, batch)) {
            let range = first..<min(first + max(1, batch), dataset.count)
            let noise = KeyedNoise(seed: seed, step: 0, images: range.map { UInt32(truncatingIfNeeded: $0) })
            let pass = tree.pass(dataset.tensor(range), noise: noise, in: .inference)
            tables.append(pass.leafProbabilities)
            var parts: [TrainingProgress.Part] = []
            pass.losses.appendParts(to: &parts)
            names = parts.map(\.name)
            for part in parts { sums[part.name, default: 0] += part.value * Double(range.count) }
        }
        let probabilities = LeafProbabilities(Graph.inference.concatRows(tables))
        let assignments = (0..<probabilities.images).map(probabilities.mostProbableLeaf)
        images = dataset.count
        self.assignments = assignments
        leafShares = probabilities.shares
        lossParts = names.map { .init(name: $0, value: (sums[$0] ?? 0) / Double(dataset.count)) }
        negativeELBO = lossParts.reduce(0) { $0 + $1.value }
        let shape = try tree.topology.clusterTree()
        clustering = try dataset.labels.map { labels throws(EvaluationError) in
            try ClusteringReport(leaves: assignments, labels: labels.map(Int.init), tree: shape)
        }
    }
}

extension TreeTopology {
    /// This tree as the clustering metrics want it.
    package func clusterTree() throws(EvaluationError) -> ClusterTree {
        try ClusterTree(nodes: nodes.map { ClusterTree.Node(parent: $0.parent, left: $0.left, right: $0.right) })
    }
}
