import Neural

/// A tree of latent variables over images, each leaf a cluster with a decoder of its own.
///
/// A deterministic bottom-up path d^(0) = Encoder(x), d^(i) = BU_i(d^(i−1)) feeds the nodes: a node at depth k reads
/// d^(N−1−k). From the root down, each node's posterior is the product of what its feature says and the prior that its
/// parent's z gives; routers decide at each split how probable the left child is.
///
/// Images are `[N, H, W, C]` in [0, 1]. Confined to one queue at a time.
package final class TreeVAE: Module {
    package let configuration: TreeVAEConfiguration
    let encoder: any ImageEncoder
    /// BU_1 ... BU_(N−1).
    let bottomUp: [ConvBlock]
    let projections: [ContrastiveProjection]
    let root: TreeNode
    /// All nodes in breadth-first order, left before right; a node's position is its index.
    private(set) var nodes: [TreeNode] = []
    /// The tree's shape, as its file describes it.
    package private(set) var topology: TreeTopology = .initial

    /// A root and two leaves with random weights, where every training starts. Spectral normalisation, where the settings
    /// ask for it, never applies to these three nodes (the authors' code has it so).
    package convenience init(_ configuration: TreeVAEConfiguration, seed: UInt64) throws(TreeError) {
        try self.init(configuration, topology: .initial, seed: seed)
    }

    /// A tree of the given shape with random weights.
    ///
    /// - Parameters:
    ///   - normalisedDenses: indices of the nodes whose dense has spectral normalisation.
    ///   - idleRouters: indices of the pass-through nodes that keep a q-router.
    package init(
        _ configuration: TreeVAEConfiguration, topology: TreeTopology, normalisedDenses: Set<Int> = [],
        idleRouters: Set<Int> = [], seed: UInt64
    ) throws(TreeError) {
        try configuration.validate()
        try topology.check(maximumDepth: configuration.maximumDepth)
        self.configuration = configuration
        var factory = BlockFactory(configuration, seed: seed)
        encoder = factory.encoder()
        bottomUp = (1..<configuration.levels).map { factory.bottomUpStep($0) }
        projections = (0..<configuration.contrastiveLevels).map { factory.projection(level: $0) }
        let made = topology.nodes.map { node in
            factory.node(
                kind: node.kind, depth: node.depth, normalisedDense: normalisedDenses.contains(node.index),
                idleRouter: idleRouters.contains(node.index))
        }
        for node in topology.nodes {
            made[node.index].left = node.left.map { made[$0] }
            made[node.index].right = node.right.map { made[$0] }
        }
        root = made[0]
        renumber()
    }

    /// Brings `nodes` and `topology` up to date after the tree has changed.
    func renumber() {
        var order = [(node: root, parent: Int?.none, depth: 0)]
        var described: [TreeTopology.Node] = []
        var next = 0
        while next < order.count {
            let (node, parent, depth) = order[next]
            func place(_ child: TreeNode?) -> Int? {
                guard let child else { return nil }
                order.append((child, next, depth + 1))
                return order.count - 1
            }
            let left = place(node.left)
            let right = place(node.right)
            described.append(
                TreeTopology.Node(index: next, parent: parent, left: left, right: right, kind: node.kind, depth: depth))
            next += 1
        }
        nodes = order.map(\.node)
        topology = TreeTopology(trusted: described)
    }

    /// Names as the authors' state dictionaries have them; the i-th node in breadth-first order has number i.
    package func collect(_ path: String, into state: inout StateDictionary) {
        func name(_ list: String, _ index: Int) -> String { StateDictionary.join(path, "\(list).\(index)") }
        encoder.collect(name("bottom_up", 0), into: &state)
        for (index, step) in bottomUp.enumerated() { step.collect(name("bottom_up", index + 1), into: &state) }
        for (index, projection) in projections.enumerated() {
            projection.collect(name("contrastive_mlp", index), into: &state)
        }
        for (index, node) in nodes.enumerated() {
            node.transformation?.collect(name("transformations", index), into: &state)
        }
        for (index, node) in nodes.enumerated() { node.dense.collect(name("denses", index), into: &state) }
        for (index, node) in nodes.enumerated() { node.router?.collect(name("decisions", index), into: &state) }
        for (index, node) in nodes.enumerated() { node.routerQ?.collect(name("decisions_q", index), into: &state) }
        for (index, node) in nodes.enumerated() { node.decoder?.collect(name("decoders", index), into: &state) }
    }

    /// The deterministic bottom-up path: d^(0) ... d^(N−1), each `[N, r, r, C_d]`.
    package func features(_ images: Tensor, in graph: Graph) -> [Tensor] {
        var features: [Tensor] = []
        appendFeatures(images, to: &features, in: graph)
        return features
    }

    /// The same, to an empty list whose memory is there already.
    func appendFeatures(_ images: Tensor, to features: inout [Tensor], in graph: Graph) {
        features.append(encoder(images, in: graph))
        for step in bottomUp { features.append(step.step(features[features.count - 1], in: graph)) }
    }

    /// The feature that a node reads.
    func feature(of node: TreeTopology.Node, in features: [Tensor]) -> Tensor {
        features[configuration.featureIndex(depth: node.depth)]
    }
}
