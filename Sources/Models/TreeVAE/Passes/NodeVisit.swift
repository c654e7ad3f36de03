import Neural

/// What one node of a tree does in a pass, given its parent's z and the probability of reaching it.
struct NodeVisit {
    let tree: TreeVAE
    /// `[N, H, W, C]` in [0, 1].
    let images: Tensor
    /// Of the images in the batch.
    let positions: [Int]
    let noise: any NoiseSource
    let dropout: RandomKey?
    let comparingViews: Bool

    struct Outcome {
        struct Split {
            /// π of the children.
            let children: (left: Tensor, right: Tensor)
            let divergence: Tensor
            /// The decisions' InfoNCE, where the views are compared.
            let contrast: Tensor?
        }

        struct Leaf {
            let probability: Tensor
            let reconstruction: Tensor
            let loss: Tensor
        }

        let z: Tensor
        let divergence: Tensor
        var split: Split?
        var leaf: Leaf?
    }

    /// - Parameters:
    ///   - feature: what the node's depth reads of the bottom-up path.
    ///   - parentLatent: nil for the root.
    ///   - reach: π, `[N]`; nil for 1.
    func run(
        _ node: TreeTopology.Node, feature: Tensor, parentLatent: Tensor?, reach: Tensor?, in graph: Graph
    ) -> Outcome {
        let parts = tree.nodes[node.index]
        precondition(
            node.parent == nil || parentLatent != nil, "TreeVAE: node \(node.index) has a prior but no parent")
        let sample = graph.latent(
            likelihood: parts.dense(feature, in: graph),
            prior: parentLatent.flatMap { parts.transformation?.prior($0, in: graph) },
            noise: noise.noise(
                node: node.index, images: positions,
                shape: tree.configuration.latentShape(depth: node.depth), in: graph),
            weight: reach)
        var outcome = Outcome(z: sample.z, divergence: sample.divergence)
        switch node.kind {
        case .split: outcome.split = split(node, parts, feature, z: sample.z, reach, in: graph)
        case .passThrough: break
        case .leaf: outcome.leaf = decode(node, parts, z: sample.z, reach, in: graph)
        }
        return outcome
    }

    /// Whether this pass compares two views of each image.
    func comparesViews(_ graph: Graph) -> Bool {
        graph.training && comparingViews && tree.configuration.isContrastive
    }

    private func split(
        _ node: TreeTopology.Node, _ parts: TreeNode, _ feature: Tensor, z: Tensor, _ reach: Tensor?, in graph: Graph
    ) -> Outcome.Split {
        guard let router = parts.router, let routerQ = parts.routerQ else {
            preconditionFailure("TreeVAE: split \(node.index) lacks a router")
        }
        let p = router(z, key: key(node, 0), in: graph)
        let q = routerQ(feature, key: key(node, 1), in: graph)
        let divergence = graph.decisionDivergence(posterior: q, prior: p, weight: reach)
        let compares = comparesViews(graph) && tree.configuration.augmentationMethods.contains(.decisions)
        return Outcome.Split(
            children: graph.children(of: reach, left: q), divergence: divergence,
            contrast: compares ? graph.decisionContrast(left: q, weight: reach) : nil)
    }

    private func decode(
        _ node: TreeTopology.Node, _ parts: TreeNode, z: Tensor, _ reach: Tensor?, in graph: Graph
    ) -> Outcome.Leaf {
        guard let decoder = parts.decoder else { preconditionFailure("TreeVAE: leaf \(node.index) has no decoder") }
        let probability = reach ?? .filled([images.shape[0]], with: 1)
        let reconstruction = decoder(z, in: graph)
        let loss = graph.reconstructionLoss(
            target: images, reconstruction: reconstruction, weight: probability, output: tree.configuration.output)
        return Outcome.Leaf(probability: probability, reconstruction: reconstruction, loss: loss)
    }

    private func key(_ node: TreeTopology.Node, _ router: UInt32) -> RandomKey? {
        dropout.map { TreeVAE.dropoutKey($0, node: node.index, router: router) }
    }
}
