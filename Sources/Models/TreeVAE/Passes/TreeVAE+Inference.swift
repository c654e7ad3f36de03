import Neural

extension TreeVAE {
    /// P_l(x) of every leaf, `[N, L]`. In evaluation it depends on x alone: only the bottom-up path and the q-routers run.
    package func leafProbabilities(_ images: Tensor) -> Tensor {
        let walk = LeafWalk(self)
        return walk.leafProbabilities(walk.features(images))
    }

    /// Reconstructs each image through one leaf, x̂, `[N, H, W, C]`.
    ///
    /// - Parameters:
    ///   - images: `[N, H, W, C]`.
    ///   - leaf: the index of the leaf each image takes.
    package func reconstruct(_ images: Tensor, leaf: [Int], noise: any NoiseSource) -> Tensor {
        let walk = LeafWalk(self)
        return walk.reconstruct(walk.features(images), leaf: leaf, noise: noise)
    }

    /// q(left | d) of a split, `[N]`.
    func decision(of node: TreeTopology.Node, features: [Tensor], in graph: Graph) -> Tensor {
        guard let q = nodes[node.index].routerQ?(feature(of: node, in: features), key: nil, in: graph) else {
            preconditionFailure("TreeVAE: split \(node.index) lacks a router")
        }
        return q
    }

    /// P_l(x) of every leaf, `[N, L]`: the products of the decisions on the way to it.
    ///
    /// - Parameters:
    ///   - reach: memory for it.
    ///   - decision: q(left | d) of a split, `[N]`.
    func leafProbabilities(
        images: Int, reach: inout NodeReach, in graph: Graph, decision: (TreeTopology.Node) -> Tensor
    ) -> Tensor {
        reach.begin(nodes: topology.nodes.count)
        let table = graph.tensor(Shape(images, topology.leaves.count))
        var leaf = 0
        for node in topology.nodes {
            if node.kind == .leaf {
                table.setColumn(leaf, to: reach[node])
                leaf += 1
            } else {
                let isSplit = node.kind == .split
                reach.descend(
                    from: node, to: isSplit ? graph.children(of: reach[node], left: decision(node)) : nil)
            }
        }
        return table
    }

    /// The probability of reaching the last node of a path from the root, `[N]`: the decisions on the way to it.
    func probability(along path: [Int], features: [Tensor], in graph: Graph) -> Tensor {
        var reach: Tensor?
        for (index, child) in zip(path, path.dropFirst()) where topology.nodes[index].kind == .split {
            let node = topology.nodes[index]
            let children = graph.children(of: reach, left: decision(of: node, features: features, in: graph))
            reach = child == node.left ? children.left : children.right
        }
        return reach ?? .filled([features[0].shape[0]], with: 1)
    }

    /// Samples z of the last node of a path from the root, `[N, r, r, C_z]`, of a whole batch.
    ///
    /// - Parameter images: 0 ..< N.
    func latent(
        along path: [Int], features: [Tensor], images: [Int], noise: any NoiseSource, in graph: Graph
    ) -> Tensor {
        var z: Tensor?
        for index in path {
            let node = topology.nodes[index]
            z = sample(
                node, feature: feature(of: node, in: features), parentLatent: z, images: images, noise: noise, in: graph
            )
        }
        guard let z else { preconditionFailure("TreeVAE: a path without nodes") }
        return z
    }

    /// Samples z of one node from the posterior, `[N, r, r, C_z]`.
    ///
    /// - Parameters:
    ///   - feature: what the node's depth reads of the bottom-up path, of these images.
    ///   - images: their positions in the batch.
    func sample(
        _ node: TreeTopology.Node, feature: Tensor, parentLatent: Tensor?, images: [Int], noise: any NoiseSource,
        in graph: Graph
    ) -> Tensor {
        let parts = nodes[node.index]
        return graph.latent(
            likelihood: parts.dense(feature, in: graph),
            prior: parentLatent.flatMap { parts.transformation?.prior($0, in: graph) },
            noise: noise.noise(
                node: node.index, images: images, shape: configuration.latentShape(depth: node.depth), in: graph),
            weight: nil
        ).z
    }
}
