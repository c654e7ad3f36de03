import Neural

extension TreeVAE {
    /// Sends images through every node of the tree (sections 2 and 3 of the paper) and measures the loss.
    ///
    /// In a training pass of a contrastive configuration that compares views the batch must hold two of each image: row i and
    /// row i + N/2.
    ///
    /// - Parameters:
    ///   - images: `[N, H, W, C]` in [0, 1].
    ///   - features: d^(0) ... d^(N−1) of these images where they are known; computed if not.
    ///   - dropout: the key of the routers' dropout in this step, if the settings have any.
    ///   - comparingViews: whether a contrastive configuration's training pass has contrastive losses.
    package func pass(
        _ images: Tensor, features: [Tensor]? = nil, noise: any NoiseSource, dropout: RandomKey? = nil,
        comparingViews: Bool = true, in graph: Graph
    ) -> TreePass {
        let visit = NodeVisit(
            tree: self, images: images, noise: noise, dropout: dropout, comparingViews: comparingViews)
        var walk = TreeWalk(visit: visit, graph: graph)
        return walk.run(features ?? self.features(images, in: graph))
    }
}

/// One pass: visits the nodes depth by depth and collects the terms of the loss. The nodes of a depth need nothing of each
/// other, so they run as branches of the pass.
private struct TreeWalk {
    let visit: NodeVisit
    let graph: Graph
    /// What each node made, in breadth-first order.
    private var outcomes: [NodeVisit.Outcome] = []
    /// π of each node; nil stands for 1.
    private var reach: [Int: Tensor] = [:]

    init(visit: NodeVisit, graph: Graph) {
        self.visit = visit
        self.graph = graph
    }

    mutating func run(_ features: [Tensor]) -> TreePass {
        let tree = visit.tree
        let levels = compareLevels(features)
        for depth in 0...tree.topology.depth { run(depth, features[tree.configuration.featureIndex(depth: depth)]) }
        let reconstructions = outcomes.compactMap { $0.leaf?.loss }
        let divergences = outcomes.map(\.divergence)
        let decisions = outcomes.compactMap { $0.split?.divergence }
        let losses = TreeLosses(
            reconstruction: graph.batchMean(reconstructions), rootDivergence: graph.batchMean([divergences[0]]),
            nodeDivergence: graph.batchMean(Array(divergences.dropFirst()), clamp: TreeVAE.nodeDivergenceClamp),
            decisionDivergence: graph.batchMean(decisions), contrast: contrast(levels))
        let leaves = zip(tree.topology.nodes, outcomes).compactMap { node, outcome in
            outcome.leaf.map {
                TreePass.Leaf(
                    node: node.index, probability: $0.probability, z: outcome.z, reconstruction: $0.reconstruction)
            }
        }
        return TreePass(
            leaves: leaves, losses: losses, imageTerms: reconstructions + divergences + decisions, features: features)
    }

    /// All nodes of one depth. They share the feature that they read, and siblings share their parent's z.
    private mutating func run(_ depth: Int, _ feature: Tensor) {
        let nodes = visit.tree.topology.nodes.filter { $0.depth == depth }
        let parents = Array(Set(nodes.compactMap(\.parent))).sorted()
        let latents = parents.map { outcomes[$0].z }
        outcomes += graph.branches(nodes.count, sharing: [feature] + latents) { index, shared, graph in
            let node = nodes[index]
            let parent = node.parent.flatMap(parents.firstIndex).map { shared[$0 + 1] }
            return visit.run(node, feature: shared[0], parentLatent: parent, reach: reach[node.index], in: graph)
        }
        for node in nodes {
            if let split = outcomes[node.index].split, let left = node.left, let right = node.right {
                reach[left] = split.children.left
                reach[right] = split.children.right
            } else {
                for child in node.children { reach[child] = reach[node.index] }
            }
        }
    }

    /// NT-Xent (τ = 0.5) of each compared bottom-up level; the authors' code adds it where it compares the root's
    /// decision, so a root that pruning has made a pass-through has none. The projections run in every training pass,
    /// because their batch statistics do so.
    private func compareLevels(_ features: [Tensor]) -> [Tensor] {
        guard graph.training else { return [] }
        let tree = visit.tree
        let compares = visit.comparesViews(graph) && tree.topology.nodes[0].kind == .split
        let projections = tree.projections.prefix(tree.configuration.comparedLevels)
        return graph.branches(projections.count, sharing: features) { level, features, graph -> Tensor? in
            let embedding = projections[level](features[level], in: graph)
            return compares ? graph.viewContrast(rows: embedding, temperature: 0.5) : nil
        }.compactMap(\.self)
    }

    /// w_aug · (Σ over splits of the decisions' InfoNCE + the mean over levels of the embeddings' NT-Xent).
    private func contrast(_ levels: [Tensor]) -> Tensor {
        let weight = Float(visit.tree.configuration.augmentationWeight)
        return graph.weightedSum(
            outcomes.compactMap { $0.split?.contrast }.map { ($0, weight) }
                + levels.map { ($0, weight / Float(levels.count)) })
    }
}

extension TreeVAE {
    /// Bounds of the nodes' mean divergence.
    static let nodeDivergenceClamp: ClosedRange<Float> = -10...1e10

    /// The key of one router's dropout in a step.
    static func dropoutKey(_ step: RandomKey, node: Int, router: UInt32) -> RandomKey {
        var key = step
        key.use = step.use &+ UInt32(truncatingIfNeeded: node) &* 2 &+ router
        return key
    }
}

extension Tensor {
    /// Vectors `[N]` side by side, `[N, count]`, without a gradient.
    static func columns(_ list: [Tensor]) -> Tensor {
        let rows = list.first?.count ?? 0
        let result = Tensor([rows, list.count])
        for (column, tensor) in list.enumerated() {
            for row in 0..<rows { result.data[row * list.count + column] = tensor.data[row] }
        }
        return result
    }
}
