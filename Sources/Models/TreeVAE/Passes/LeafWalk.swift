import Neural

/// Sends images through a tree that stands still, each to one leaf: only the nodes on the way run, for the images that pass
/// them, and only that leaf's decoder.
///
/// One walk serves many batches: it prepares each weight once and uses its memory again, so the tree must not change while it
/// lives.
package final class LeafWalk {
    private let tree: TreeVAE
    let graph = Graph.inference
    // Lists of the latest batch, whose memory serves the next.
    private var features: [Tensor] = []
    private var reach = NodeReach()
    /// The images that pass each node, ascending.
    private var members: [[Int]]
    /// Where a node's images stand among its parent's.
    private var places: [Int] = []
    private var latents: [Tensor?] = []

    package init(_ tree: TreeVAE) {
        self.tree = tree
        members = Array(repeating: [], count: tree.topology.nodes.count)
    }

    /// d^(0) ... d^(N−1), each `[N, r, r, C_d]`.
    package func features(_ images: Tensor) -> [Tensor] {
        features.removeAll(keepingCapacity: true)
        tree.appendFeatures(images, to: &features, in: graph)
        return features
    }

    /// P_l(x) of every leaf, `[N, L]`. In evaluation it depends on x alone: only the bottom-up path and the q-routers run.
    package func leafProbabilities(_ features: [Tensor]) -> Tensor {
        tree.leafProbabilities(images: features[0].shape[0], reach: &reach, in: graph) {
            tree.decision(of: $0, features: features, in: graph)
        }
    }

    /// Reconstructs each image through one leaf, x̂, `[N, H, W, C]`.
    ///
    /// - Parameter leaf: the index of the leaf each image takes.
    package func reconstruct(_ features: [Tensor], leaf: [Int], noise: any NoiseSource) -> Tensor {
        let nodes = tree.topology.nodes
        gather(leaf)
        latents.removeAll(keepingCapacity: true)
        let size = tree.configuration.imageSize
        let result = graph.tensor(Shape(leaf.count, size, size, tree.configuration.imageChannels))
        for node in nodes {
            guard !members[node.index].isEmpty else {
                latents.append(nil)
                continue
            }
            let z = tree.sample(
                node, feature: tree.feature(of: node, in: features).gatheringRows(members[node.index], in: graph),
                parentLatent: node.parent.flatMap { latent(of: $0, for: node.index) }, images: members[node.index],
                noise: noise, in: graph)
            latents.append(z)
            if let decoder = tree.nodes[node.index].decoder {
                result.scatterRows(decoder(z, in: graph), to: members[node.index])
            }
        }
        return result
    }

    /// Notes for every node which images pass it on the way to their leaves.
    private func gather(_ leaf: [Int]) {
        let topology = tree.topology
        for node in members.indices { members[node].removeAll(keepingCapacity: true) }
        for (image, index) in leaf.enumerated() {
            precondition(
                topology.leaves.indices.contains(index), "TreeVAE: leaf \(index) is none of \(topology.leaves.count)")
            var next: Int? = topology.leaves[index]
            while let node = next {
                members[node].append(image)
                next = topology.nodes[node].parent
            }
        }
    }

    /// z of a parent, of the images that go on to one of its children.
    private func latent(of parent: Int, for child: Int) -> Tensor? {
        places.removeAll(keepingCapacity: true)
        var place = 0
        for image in members[child] {
            while members[parent][place] != image { place += 1 }
            places.append(place)
        }
        return latents[parent]?.gatheringRows(places, in: graph)
    }
}
