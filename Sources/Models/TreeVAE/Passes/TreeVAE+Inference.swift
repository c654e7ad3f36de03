import Neural

extension TreeVAE {
    /// P_l(x) of every leaf, `[N, L]`. In evaluation it depends on x alone: only the bottom-up path and the q-routers run.
    package func leafProbabilities(_ images: Tensor) -> Tensor {
        leafProbabilities(features: features(images, in: .inference))
    }

    /// P_l(x) from features that are already known.
    package func leafProbabilities(features: [Tensor]) -> Tensor {
        leafProbabilities(decisions: decisions(features: features), images: features[0].shape[0])
    }

    /// q(left | d) of every split, `[N]` each, by the split's index.
    func decisions(features: [Tensor]) -> [Int: Tensor] {
        var decisions: [Int: Tensor] = [:]
        for node in topology.nodes where node.kind == .split {
            decisions[node.index] = nodes[node.index].routerQ?(
                feature(of: node, in: features), key: nil, in: .inference)
        }
        return decisions
    }

    /// P_l(x) of every leaf, `[N, L]`: the products of the decisions on the way to it.
    func leafProbabilities(decisions: [Int: Tensor], images: Int) -> Tensor {
        let graph = Graph.inference
        var reach: [Int: Tensor] = [:]
        var columns: [Tensor] = []
        for node in topology.nodes {
            switch node.kind {
            case .split:
                guard let q = decisions[node.index], let left = node.left, let right = node.right else {
                    preconditionFailure("TreeVAE: split \(node.index) lacks a decision or a child")
                }
                let children = graph.children(of: reach[node.index], left: q)
                reach[left] = children.left
                reach[right] = children.right
            case .passThrough:
                for child in node.children { reach[child] = reach[node.index] }
            case .leaf:
                columns.append(reach[node.index] ?? .filled([images], with: 1))
            }
        }
        return .columns(columns)
    }

    /// Reconstructs each image through one leaf: only the nodes on the way to that leaf and its decoder run.
    ///
    /// - Parameters:
    ///   - images: `[N, H, W, C]`.
    ///   - leaf: the index of the leaf each image takes.
    /// - Returns: x̂, `[N, H, W, C]`.
    package func reconstruct(_ images: Tensor, leaf: [Int], noise: any NoiseSource) -> Tensor {
        reconstruct(features: features(images, in: .inference), leaf: leaf, noise: noise)
    }

    /// Reconstructs from features that are already known.
    package func reconstruct(features: [Tensor], leaf: [Int], noise: any NoiseSource) -> Tensor {
        decode(latents(features: features, leaf: leaf, noise: noise), leaf: leaf)
    }

    /// Samples z of one leaf an image from the posterior, `[N, r, r, C_z]` each, on the leaf's own path only.
    ///
    /// - Parameter features: only those are read that the nodes on the way read.
    /// - Returns: for each leaf that is asked for, the images that take it and their z.
    package func latents(features: [Tensor], leaf: [Int], noise: any NoiseSource) -> LeafLatents {
        let images = feature(of: topology.nodes[0], in: features).shape[0]
        precondition(leaf.count == images, "latents: \(leaf.count) leaves for \(images) images")
        return walkPaths(leaf: leaf) { node, parentLatent, images in
            self.sample(
                node, feature: self.feature(of: node, in: features).gatheringRows(images), parentLatent: parentLatent,
                images: images, noise: noise, in: .inference)
        }
    }

    /// Samples z of one node from the posterior, `[N, r, r, C_z]`.
    ///
    /// - Parameters:
    ///   - feature: what the node's depth reads of the bottom-up path, of these images.
    ///   - images: their positions in the batch.
    private func sample(
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
                node, feature: feature(of: node, in: features), parentLatent: z, images: images, noise: noise, in: graph)
        }
        guard let z else { preconditionFailure("TreeVAE: a path without nodes") }
        return z
    }

    /// The probability of reaching the last node of a path from the root, `[N]`: the decisions on the way to it.
    func probability(along path: [Int], features: [Tensor], in graph: Graph) -> Tensor {
        var reach: Tensor?
        for (index, child) in zip(path, path.dropFirst()) {
            let node = topology.nodes[index]
            guard node.kind == .split else { continue }
            guard let q = nodes[index].routerQ?(feature(of: node, in: features), key: nil, in: graph) else {
                preconditionFailure("TreeVAE: split \(index) lacks a router")
            }
            let children = graph.children(of: reach, left: q)
            reach = child == node.left ? children.left : children.right
        }
        return reach ?? .filled([features[0].shape[0]], with: 1)
    }

    /// Decodes latents, `[N, H, W, C]` in the images' order.
    package func decode(_ latents: LeafLatents, leaf: [Int]) -> Tensor {
        let size = configuration.imageSize
        let result = Tensor([leaf.count, size, size, configuration.imageChannels])
        for group in latents.groups {
            guard let decoder = nodes[group.node].decoder else {
                preconditionFailure("TreeVAE: leaf \(group.node) has no decoder")
            }
            result.scatterRows(decoder(group.z, in: .inference), to: group.images)
        }
        return result
    }

    /// Visits, for every node on the way to a leaf that some image takes, the images that pass it.
    ///
    /// - Parameter sample: gives z of a node for those images, from their parent's z; nil for the root.
    func walkPaths(
        leaf: [Int], sample: (TreeTopology.Node, Tensor?, [Int]) -> Tensor
    ) -> LeafLatents {
        let leaves = topology.leaves
        precondition(
            leaf.allSatisfy(leaves.indices.contains), "TreeVAE: a leaf index is not in 0..<\(leaves.count)")
        var members = [[Int]](repeating: [], count: topology.nodes.count)
        for (image, index) in leaf.enumerated() { members[leaves[index]].append(image) }
        // Parents come first in the list, so from its end every node's members are complete when it is met.
        for node in topology.nodes.reversed() {
            if let parent = node.parent { members[parent] += members[node.index] }
        }
        var latents = [Tensor?](repeating: nil, count: topology.nodes.count)
        var groups: [LeafLatents.Group] = []
        for node in topology.nodes where !members[node.index].isEmpty {
            members[node.index].sort()
            let images = members[node.index]
            let parent = node.parent.flatMap { parent in
                latents[parent]?.gatheringRows(positions(of: images, in: members[parent]))
            }
            let z = sample(node, parent, images)
            latents[node.index] = z
            if node.kind == .leaf { groups.append(LeafLatents.Group(node: node.index, images: images, z: z)) }
        }
        return LeafLatents(groups: groups)
    }

    /// Where the members of a sorted list stand in another one that holds them all.
    private func positions(of part: [Int], in whole: [Int]) -> [Int] {
        var result: [Int] = []
        result.reserveCapacity(part.count)
        var position = 0
        for member in part {
            while whole[position] != member { position += 1 }
            result.append(position)
        }
        return result
    }
}

/// Latents of images that each take one leaf, grouped by leaf.
package struct LeafLatents {
    package struct Group {
        /// The leaf's node in breadth-first order.
        package let node: Int
        /// Positions in the batch, ascending.
        package let images: [Int]
        /// `[images.count, r, r, C_z]`.
        package let z: Tensor
    }

    package let groups: [Group]
}
