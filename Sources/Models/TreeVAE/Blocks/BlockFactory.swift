import Neural

/// Makes the networks of a tree, each with the sizes that its depth asks for.
struct BlockFactory {
    let configuration: TreeVAEConfiguration
    private var initialiser: Initialiser

    init(_ configuration: TreeVAEConfiguration, seed: UInt64) {
        self.configuration = configuration
        initialiser = Initialiser(seed: seed)
    }

    mutating func encoder() -> any ImageEncoder {
        configuration.makeEncoder(using: &initialiser)
    }

    /// BU_i, from d^(i−1) to d^(i).
    mutating func bottomUpStep(_ index: Int) -> ConvBlock {
        ConvBlock(
            configuration.bottomUpChannels[index - 1], configuration.bottomUpChannels[index],
            latent: configuration.latentChannels[index], residual: configuration.residualConnections,
            spectralNorm: configuration.spectralNorm, hidden: configuration.hiddenActivation, using: &initialiser)
    }

    mutating func projection(level: Int) -> ContrastiveProjection {
        ContrastiveProjection(
            configuration.bottomUpChannels[level], size: configuration.representationSize,
            hidden: configuration.hiddenActivation, using: &initialiser)
    }

    /// A node without its children.
    ///
    /// - Parameter idleRouter: gives a pass-through node the q-router that the authors' pruning leaves on it.
    mutating func node(
        kind: TreeTopology.Kind, depth: Int, normalisedDense: Bool, idleRouter: Bool = false
    ) -> TreeNode {
        let node = TreeNode(
            dense: dense(depth: depth, spectralNorm: normalisedDense),
            transformation: depth == 0 ? nil : transformation(depth: depth))
        switch kind {
        case .split:
            node.router = router(depth: depth)
            node.routerQ = routerQ(depth: depth)
        case .passThrough:
            if idleRouter { node.routerQ = routerQ(depth: depth) }
        case .leaf:
            node.decoder = decoder(depth: depth)
        }
        return node
    }

    mutating func dense(depth: Int, spectralNorm: Bool) -> Dense {
        Dense(
            configuration.bottomUpChannels(depth: depth), configuration.latentChannels(depth: depth),
            spectralNorm: spectralNorm, using: &initialiser)
    }

    /// From the z of a parent at `depth − 1` to the prior of a node at `depth`.
    mutating func transformation(depth: Int) -> ConvBlock {
        ConvBlock(
            configuration.latentChannels(depth: depth - 1), configuration.bottomUpChannels(depth: depth),
            latent: configuration.latentChannels(depth: depth), residual: configuration.residualConnections,
            spectralNorm: false, hidden: configuration.hiddenActivation, using: &initialiser)
    }

    /// p(left | z) of a split at `depth`.
    mutating func router(depth: Int) -> Router {
        router(inputs: configuration.latentChannels(depth: depth), depth: depth)
    }

    /// q(left | d) of a split at `depth`.
    mutating func routerQ(depth: Int) -> Router {
        router(inputs: configuration.bottomUpChannels(depth: depth), depth: depth)
    }

    mutating func decoder(depth: Int) -> any ImageDecoder {
        configuration.makeDecoder(latentChannels: configuration.latentChannels(depth: depth), using: &initialiser)
    }

    private mutating func router(inputs: Int, depth: Int) -> Router {
        Router(
            inputs, size: configuration.representationSize, width: configuration.bottomUpChannels(depth: depth),
            dropout: configuration.routerDropout, hidden: configuration.hiddenActivation, using: &initialiser)
    }
}
