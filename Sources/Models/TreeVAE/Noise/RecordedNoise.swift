import Neural

/// Draws that were made elsewhere, one tensor a node.
package struct RecordedNoise: NoiseSource {
    /// `[N, r, r, C]` of each node, in breadth-first order.
    package let nodes: [Tensor]

    package init(nodes: [Tensor]) {
        self.nodes = nodes
    }

    package func noise(node: Int, images: [Int], shape: Shape, in graph: Graph) -> Tensor {
        precondition(nodes.indices.contains(node), "RecordedNoise: no draws for node \(node), only for \(nodes.count)")
        return nodes[node].gatheringRows(images)
    }
}

/// No noise: every latent is its mean.
package struct ZeroNoise: NoiseSource {
    package init() {}

    package func noise(node: Int, images: [Int], shape: Shape, in graph: Graph) -> Tensor {
        graph.zeros(shape.times(images.count))
    }
}
