import Neural

extension TreeVAE {
    /// Draws latents for `count` new images from the prior: the root's z from N(0, 1), every other node's from
    /// N(μ_p, v_p + ε). Nothing is decoded yet.
    package func sample(_ count: Int, noise: any NoiseSource) -> TreeSample {
        let graph = Graph.inference
        let images = Array(0..<count)
        var reach = NodeReach()
        reach.begin(nodes: nodes.count)
        var latents: [Tensor] = []
        for node in topology.nodes {
            let shape = configuration.latentShape(depth: node.depth)
            let draw = noise.noise(node: node.index, images: images, shape: shape, in: graph)
            let parts = nodes[node.index]
            let z =
                node.parent.map { latents[$0] }.flatMap { parts.transformation?.prior($0, in: graph) }
                .map { prior in graph.draw(from: prior, noise: draw) } ?? draw
            latents.append(z)
            let children = parts.router.map { graph.children(of: reach[node], left: $0(z, key: nil, in: graph)) }
            reach.descend(from: node, to: children)
        }
        let leaves = topology.leaves
        return TreeSample(
            leafProbabilities: .columns(leaves.map { reach[topology.nodes[$0]] }, rows: count),
            leafLatents: leaves.map { latents[$0] })
    }

    /// Decodes the sampled latents of one leaf, `[N, H, W, C]`.
    package func decode(_ sample: TreeSample, leaf: Int) -> Tensor {
        guard let decoder = nodes[topology.leaves[leaf]].decoder else {
            preconditionFailure("TreeVAE: leaf \(leaf) has no decoder")
        }
        return decoder(sample.leafLatents[leaf], in: .inference)
    }

    /// Decodes one leaf an image, `[N, H, W, C]`.
    ///
    /// - Parameter leaf: the index of the leaf each image takes.
    package func decode(_ sample: TreeSample, leaf: [Int]) -> Tensor {
        let size = configuration.imageSize
        let result = Tensor([leaf.count, size, size, configuration.imageChannels])
        for (index, node) in topology.leaves.enumerated() {
            let images = leaf.indices.filter { leaf[$0] == index }
            guard !images.isEmpty, let decoder = nodes[node].decoder else { continue }
            result.scatterRows(
                decoder(sample.leafLatents[index].gatheringRows(images), in: .inference), to: images)
        }
        return result
    }

    /// New images from every leaf: L tensors `[N, H, W, C]` and the leaf probabilities `[N, L]`.
    package func generate(_ count: Int, noise: any NoiseSource) -> (images: [Tensor], leafProbabilities: Tensor) {
        let sample = sample(count, noise: noise)
        return (topology.leaves.indices.map { decode(sample, leaf: $0) }, sample.leafProbabilities)
    }
}

/// Latents drawn from the prior.
package struct TreeSample {
    /// `[N, L]`; unlike P_l(x) they are random, for the p-routers read the drawn z.
    package let leafProbabilities: Tensor
    /// z of each leaf, `[N, r, r, C_z]`.
    package let leafLatents: [Tensor]
}

extension Graph {
    /// z = μ + √(v+ε)·n.
    func draw(from parameters: GaussianParameters, noise: Tensor) -> Tensor {
        let z = Tensor(noise.shape)
        for i in 0..<z.count {
            z.data[i] =
                parameters.mean.data[i]
                + (parameters.variance.data[i] + Gaussian.epsilon).squareRoot() * noise.data[i]
        }
        return z
    }
}
