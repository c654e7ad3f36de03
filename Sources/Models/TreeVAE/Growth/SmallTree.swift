import Neural

/// The two leaves that are to replace one leaf of a tree, trained while the tree itself stands still.
package final class SmallTree: Module {
    package let configuration: TreeVAEConfiguration
    /// Depth of the two leaves; the leaf they replace lies one above.
    package let depth: Int
    let router: Router
    let routerQ: Router
    /// Left and right.
    let leaves: [TreeNode]
    // Lists of the latest pass, whose memory serves the next.
    private var images: [Int] = []
    private var made: [(divergence: Tensor, reconstruction: Tensor)?] = []
    private var terms = LossTerms()

    /// - Parameter depth: of the two leaves, at least 1.
    package init(_ configuration: TreeVAEConfiguration, depth: Int, seed: UInt64) {
        precondition(
            (1...configuration.maximumDepth).contains(depth),
            "SmallTree: depth \(depth) is not in 1...\(configuration.maximumDepth)")
        self.configuration = configuration
        self.depth = depth
        var factory = BlockFactory(configuration, seed: seed)
        leaves = (0..<2).map { _ in
            factory.node(kind: .leaf, depth: depth, normalisedDense: configuration.spectralNorm)
        }
        router = factory.router(depth: depth - 1)
        routerQ = factory.routerQ(depth: depth - 1)
    }

    /// Names as in the authors' small trees.
    package func collect(_ path: String, into state: inout StateDictionary) {
        func name(_ list: String) -> String { StateDictionary.join(path, list) }
        for (index, leaf) in leaves.enumerated() { leaf.dense.collect(name("denses.\(index)"), into: &state) }
        for (index, leaf) in leaves.enumerated() {
            leaf.transformation?.collect(name("transformations.\(index)"), into: &state)
        }
        router.collect(name("decision"), into: &state)
        routerQ.collect(name("decision_q"), into: &state)
        for (index, leaf) in leaves.enumerated() { leaf.decoder?.collect(name("decoders.\(index)"), into: &state) }
    }
}

/// What the frozen tree tells a small tree of a batch of images.
package struct SmallTreeInput {
    /// x, `[N, H, W, C]`.
    package let images: Tensor
    /// The sampled z of the leaf that is to be split, `[N, r, r, C_z]`.
    package let parentLatent: Tensor
    /// P_leaf(x), `[N]`.
    package let probability: Tensor
    /// The feature that the leaf reads, `[N, r, r, C_d]`.
    package let parentFeature: Tensor
    /// The feature that its children read, `[N, r, r, C_d]`.
    package let childFeature: Tensor

    package init(
        images: Tensor, parentLatent: Tensor, probability: Tensor, parentFeature: Tensor, childFeature: Tensor
    ) {
        self.images = images
        self.parentLatent = parentLatent
        self.probability = probability
        self.parentFeature = parentFeature
        self.childFeature = childFeature
    }
}

/// What a pass through a small tree gives.
package struct SmallTreePass {
    /// There is no root term: the leaf's own divergence is the frozen tree's matter.
    package let losses: TreeLosses
    /// π·q, `[N]`.
    package let left: Tensor
    /// π·(1−q), `[N]`.
    package let right: Tensor
}

extension SmallTree {
    /// The loss of growth. It differs from the whole tree's in its divergences, which are not clamped image by image.
    ///
    /// - Parameters:
    ///   - noise: node 0 is the left leaf, node 1 the right one.
    ///   - dropout: the key of the routers' dropout in this step, if the settings have any.
    package func pass(
        _ input: SmallTreeInput, noise: any NoiseSource, dropout: RandomKey? = nil, in graph: Graph
    ) -> SmallTreePass {
        let pi = input.probability
        let p = router(input.parentLatent, key: dropout.map { TreeVAE.dropoutKey($0, node: 0, router: 0) }, in: graph)
        let q = routerQ(input.parentFeature, key: dropout.map { TreeVAE.dropoutKey($0, node: 0, router: 1) }, in: graph)
        let split = graph.children(of: pi, left: q)
        if images.count != input.images.shape[0] { images = Array(0..<input.images.shape[0]) }
        terms.removeAll()
        terms.decisions.append(graph.decisionDivergence(posterior: q, prior: p, weight: pi))
        // The two leaves need nothing of each other.
        graph.branches(leaves.count, into: &made) { index, graph in
            run(index, input, probability: index == 0 ? split.left : split.right, noise: noise, in: graph)
        }
        for case let made? in made {
            terms.reconstructions.append(made.reconstruction)
            terms.divergences.append(made.divergence)
        }
        return SmallTreePass(
            losses: terms.losses(root: false, contrast: contrast(q, pi, in: graph), in: graph), left: split.left,
            right: split.right)
    }

    private func run(
        _ index: Int, _ input: SmallTreeInput, probability: Tensor, noise: any NoiseSource, in graph: Graph
    ) -> (divergence: Tensor, reconstruction: Tensor) {
        let leaf = leaves[index]
        guard let decoder = leaf.decoder else { preconditionFailure("SmallTree: leaf \(index) has no decoder") }
        let sample = graph.latent(
            likelihood: leaf.dense(input.childFeature, in: graph),
            prior: leaf.transformation?.prior(input.parentLatent, in: graph),
            noise: noise.noise(
                node: index, images: images, shape: configuration.latentShape(depth: depth), in: graph),
            weight: probability, clamp: nil)
        let reconstruction = graph.reconstructionLoss(
            target: input.images, reconstruction: decoder(sample.z, in: graph), weight: probability,
            output: configuration.output)
        return (sample.divergence, reconstruction)
    }

    /// Only the decision is compared here; the embeddings belong to the frozen part.
    private func contrast(_ q: Tensor, _ pi: Tensor, in graph: Graph) -> Tensor {
        guard graph.training, configuration.isContrastive, configuration.augmentationMethods.contains(.decisions) else {
            return graph.zeros(Shape(1))
        }
        return graph.scale(graph.decisionContrast(left: q, weight: pi), by: Float(configuration.augmentationWeight))
    }
}
