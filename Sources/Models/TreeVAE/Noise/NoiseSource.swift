import Neural

/// Where the standard normal draws of a pass come from.
package protocol NoiseSource {
    /// Noise for the latents of `images` at one node.
    ///
    /// - Parameters:
    ///   - node: the node's index in breadth-first order.
    ///   - images: positions in the batch; a pass that visits a node with some images only asks for those.
    ///   - shape: of one image's latent, `[r, r, C]`.
    ///   - graph: the pass.
    /// - Returns: `[images.count, r, r, C]`.
    func noise(node: Int, images: [Int], shape: Shape, in graph: Graph) -> Tensor
}
