import Neural

/// Sends images through every node of a tree (sections 2 and 3 of the paper), depth by depth, and collects the terms of the
/// loss. The nodes of a depth need nothing of each other, so they run as branches of the pass.
///
/// One walk serves all passes of a graph while the tree keeps its shape: its lists are used again.
package final class TreeWalk {
    private let tree: TreeVAE
    private let graph: Graph
    /// The nodes of each depth, which breadth-first order has side by side.
    private let depths: [Range<Int>]
    /// Positions in the batch.
    private var images: [Int] = []
    private var features: [Tensor] = []
    /// What the nodes of the current depth have made.
    private var atDepth: [NodeVisit.Outcome?] = []
    /// What each node made, in breadth-first order.
    private var outcomes: [NodeVisit.Outcome] = []
    private var reach = NodeReach()
    /// NT-Xent of each compared level; 0 where only its projection runs.
    private var levels: [Tensor?] = []
    private var terms = LossTerms()
    private var leaves: [TreePass.Leaf] = []

    package init(_ tree: TreeVAE, in graph: Graph) {
        self.tree = tree
        self.graph = graph
        depths = tree.topology.nodes.reduce(into: []) { depths, node in
            if node.depth == depths.count { depths.append(node.index..<node.index) }
            depths[node.depth] = depths[node.depth].lowerBound..<node.index + 1
        }
    }

    /// In a training pass of a contrastive configuration that compares views the batch must hold two of each image: row i and
    /// row i + N/2.
    ///
    /// - Parameters:
    ///   - images: `[N, H, W, C]` in [0, 1].
    ///   - features: d^(0) ... d^(N−1) of these images where they are known; computed if not.
    ///   - dropout: the key of the routers' dropout in this step, if the settings have any.
    ///   - comparingViews: whether a contrastive configuration's training pass has contrastive losses.
    package func pass(
        _ images: Tensor, features known: [Tensor]? = nil, noise: any NoiseSource, dropout: RandomKey? = nil,
        comparingViews: Bool = true
    ) -> TreePass {
        begin(images: images.shape[0])
        let visit = NodeVisit(
            tree: tree, images: images, positions: self.images, noise: noise, dropout: dropout,
            comparingViews: comparingViews)
        if let known { features = known } else { tree.appendFeatures(images, to: &features, in: graph) }
        compareLevels(visit)
        for depth in depths.indices { run(visit, depth) }
        collect()
        return TreePass(
            leaves: leaves, losses: terms.losses(root: true, contrast: contrast(), in: graph), terms: terms,
            features: features)
    }

    /// Forgets the pass before.
    private func begin(images count: Int) {
        if images.count != count { images = Array(0..<count) }
        features.removeAll(keepingCapacity: true)
        atDepth.removeAll(keepingCapacity: true)
        outcomes.removeAll(keepingCapacity: true)
        reach.begin(nodes: tree.topology.nodes.count)
        levels.removeAll(keepingCapacity: true)
        terms.removeAll()
        leaves.removeAll(keepingCapacity: true)
    }

    /// All nodes of one depth. They share the feature that they read, and siblings share their parent's z.
    private func run(_ visit: NodeVisit, _ depth: Int) {
        let nodes = depths[depth]
        let feature = features[tree.configuration.featureIndex(depth: depth)]
        graph.branches(nodes.count, into: &atDepth) { index, graph in
            let node = tree.topology.nodes[nodes.lowerBound + index]
            return visit.run(
                node, feature: graph.shared(feature), parentLatent: node.parent.map { graph.shared(outcomes[$0].z) },
                reach: reach[node], in: graph)
        }
        for case let outcome? in atDepth { outcomes.append(outcome) }
        for index in nodes { reach.descend(from: tree.topology.nodes[index], to: outcomes[index].split?.children) }
    }

    private func collect() {
        for (node, outcome) in zip(tree.topology.nodes, outcomes) {
            terms.divergences.append(outcome.divergence)
            if let split = outcome.split { terms.decisions.append(split.divergence) }
            guard let leaf = outcome.leaf else { continue }
            terms.reconstructions.append(leaf.loss)
            leaves.append(
                TreePass.Leaf(
                    node: node.index, probability: leaf.probability, z: outcome.z, reconstruction: leaf.reconstruction))
        }
    }

    /// NT-Xent (τ = 0.5) of each compared bottom-up level; the authors' code adds it where it compares the root's
    /// decision, so a root that pruning has made a pass-through has none. The projections run in every training pass,
    /// because their batch statistics do so.
    private func compareLevels(_ visit: NodeVisit) {
        guard graph.training else { return }
        let compares = visit.comparesViews(graph) && tree.topology.nodes[0].kind == .split
        let count = min(tree.configuration.comparedLevels, tree.projections.count)
        graph.branches(count, into: &levels) { level, graph in
            let embedding = tree.projections[level](graph.shared(features[level]), in: graph)
            return compares ? graph.viewContrast(rows: embedding, temperature: 0.5) : graph.zeros(Shape(1))
        }
    }

    /// w_aug · (Σ over splits of the decisions' InfoNCE + the mean over levels of the embeddings' NT-Xent).
    private func contrast() -> Tensor {
        let weight = Float(tree.configuration.augmentationWeight)
        var sum = graph.zeros(Shape(1))
        for outcome in outcomes {
            if let contrast = outcome.split?.contrast { sum = graph.addScaled(sum, contrast, by: weight) }
        }
        for case let contrast? in levels { sum = graph.addScaled(sum, contrast, by: weight / Float(levels.count)) }
        return sum
    }
}

extension TreeVAE {
    /// A single pass (`TreeWalk.pass`).
    package func pass(
        _ images: Tensor, features: [Tensor]? = nil, noise: any NoiseSource, dropout: RandomKey? = nil,
        comparingViews: Bool = true, in graph: Graph
    ) -> TreePass {
        TreeWalk(self, in: graph).pass(
            images, features: features, noise: noise, dropout: dropout, comparingViews: comparingViews)
    }

    /// The key of one router's dropout in a step.
    static func dropoutKey(_ step: RandomKey, node: Int, router: UInt32) -> RandomKey {
        var key = step
        key.use = step.use &+ UInt32(truncatingIfNeeded: node) &* 2 &+ router
        return key
    }
}
