import Neural

extension TreeVAE {
    /// Sends images through every node of the tree (sections 2 and 3 of the paper) and measures the loss.
    ///
    /// In a training pass of a contrastive configuration the batch must hold two views of each image: row i and row
    /// i + N/2.
    ///
    /// - Parameters:
    ///   - images: `[N, H, W, C]` in [0, 1].
    ///   - features: d^(0) ... d^(N−1) of these images where they are known; computed if not.
    ///   - dropout: the key of the routers' dropout in this step, if the settings have any.
    package func pass(
        _ images: Tensor, features: [Tensor]? = nil, noise: any NoiseSource, dropout: RandomKey? = nil,
        in graph: Graph
    ) -> TreePass {
        var walk = TreeWalk(tree: self, images: images, noise: noise, dropout: dropout, graph: graph)
        return walk.run(features ?? self.features(images, in: graph))
    }
}

/// One pass: visits nodes breadth first and collects the terms of the loss.
private struct TreeWalk {
    let tree: TreeVAE
    let images: Tensor
    let noise: any NoiseSource
    let dropout: RandomKey?
    let graph: Graph

    /// π of each node; nil stands for 1.
    private var reach: [Int: Tensor] = [:]
    /// z of each node that still has children to come.
    private var latents: [Int: Tensor] = [:]
    private var leaves: [TreePass.Leaf] = []
    private var rootTerms: [Tensor] = []
    private var nodeTerms: [Tensor] = []
    private var decisionTerms: [Tensor] = []
    private var reconstructionTerms: [Tensor] = []
    private var decisionContrasts: [Tensor] = []

    init(tree: TreeVAE, images: Tensor, noise: any NoiseSource, dropout: RandomKey?, graph: Graph) {
        self.tree = tree
        self.images = images
        self.noise = noise
        self.dropout = dropout
        self.graph = graph
    }

    mutating func run(_ features: [Tensor]) -> TreePass {
        let levelContrasts = compareLevels(features)
        for node in tree.topology.nodes { visit(node, features) }
        let losses = TreeLosses(
            reconstruction: graph.batchMean(reconstructionTerms), rootDivergence: graph.batchMean(rootTerms),
            nodeDivergence: graph.batchMean(nodeTerms, clamp: TreeVAE.nodeDivergenceClamp),
            decisionDivergence: graph.batchMean(decisionTerms), contrast: contrast(levelContrasts))
        return TreePass(
            leaves: leaves, losses: losses, imageTerms: reconstructionTerms + rootTerms + nodeTerms + decisionTerms,
            features: features)
    }

    private mutating func visit(_ node: TreeTopology.Node, _ features: [Tensor]) {
        let parts = tree.nodes[node.index]
        let feature = tree.feature(of: node, in: features)
        let pi = reach[node.index]
        let sample = graph.latent(
            likelihood: parts.dense(feature, in: graph),
            prior: parts.transformation?.prior(parentLatent(of: node), in: graph),
            noise: noise.noise(
                node: node.index, images: Array(0..<images.shape[0]),
                shape: tree.configuration.latentShape(depth: node.depth)),
            weight: pi)
        if node.parent == nil { rootTerms.append(sample.divergence) } else { nodeTerms.append(sample.divergence) }
        switch node.kind {
        case .split: split(node, parts, feature, z: sample.z, pi)
        case .passThrough:
            for child in node.children { reach[child] = pi }
        case .leaf: decode(node, parts, z: sample.z, pi)
        }
        if node.kind != .leaf { latents[node.index] = sample.z }
    }

    private mutating func split(
        _ node: TreeTopology.Node, _ parts: TreeNode, _ feature: Tensor, z: Tensor, _ pi: Tensor?
    ) {
        guard let router = parts.router, let routerQ = parts.routerQ, let left = node.left, let right = node.right
        else { preconditionFailure("TreeVAE: split \(node.index) lacks a router or a child") }
        let p = router(z, key: key(node, 0), in: graph)
        let q = routerQ(feature, key: key(node, 1), in: graph)
        decisionTerms.append(graph.decisionDivergence(posterior: q, prior: p, weight: pi))
        if comparesViews, tree.configuration.augmentationMethods.contains(.decisions) {
            decisionContrasts.append(graph.decisionContrast(left: q, weight: pi))
        }
        let children = graph.children(of: pi, left: q)
        reach[left] = children.left
        reach[right] = children.right
    }

    private mutating func decode(_ node: TreeTopology.Node, _ parts: TreeNode, z: Tensor, _ pi: Tensor?) {
        guard let decoder = parts.decoder else { preconditionFailure("TreeVAE: leaf \(node.index) has no decoder") }
        let probability = pi ?? .filled([images.shape[0]], with: 1)
        let reconstruction = decoder(z, in: graph)
        leaves.append(TreePass.Leaf(node: node.index, probability: probability, z: z, reconstruction: reconstruction))
        reconstructionTerms.append(
            graph.reconstructionLoss(
                target: images, reconstruction: reconstruction, weight: probability, output: tree.configuration.output))
    }

    private func parentLatent(of node: TreeTopology.Node) -> Tensor {
        guard let parent = node.parent, let z = latents[parent] else {
            preconditionFailure("TreeVAE: node \(node.index) has a prior but no parent")
        }
        return z
    }

    private func key(_ node: TreeTopology.Node, _ router: UInt32) -> RandomKey? {
        dropout.map { TreeVAE.dropoutKey($0, node: node.index, router: router) }
    }

    private var comparesViews: Bool { graph.training && tree.configuration.isContrastive }

    /// NT-Xent (τ = 0.5) of each compared bottom-up level; the authors' code adds it where it compares the root's
    /// decision, so a root that pruning has made a pass-through has none. The projections run in every training pass,
    /// because their batch statistics do so.
    private func compareLevels(_ features: [Tensor]) -> [Tensor] {
        guard graph.training else { return [] }
        let compares = comparesViews && tree.topology.nodes[0].kind == .split
        let levels = tree.configuration.comparedLevels
        return zip(tree.projections.prefix(levels), features).compactMap { projection, feature in
            let embedding = projection(feature, in: graph)
            return compares ? graph.viewContrast(rows: embedding, temperature: 0.5) : nil
        }
    }

    /// w_aug · (Σ over splits of the decisions' InfoNCE + the mean over levels of the embeddings' NT-Xent).
    private func contrast(_ levels: [Tensor]) -> Tensor {
        let weight = Float(tree.configuration.augmentationWeight)
        return graph.weightedSum(
            decisionContrasts.map { ($0, weight) } + levels.map { ($0, weight / Float(levels.count)) })
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
