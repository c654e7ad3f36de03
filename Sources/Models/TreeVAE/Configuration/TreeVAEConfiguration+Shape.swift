import Neural

extension TreeVAEConfiguration {
    /// The shape of one latent of a node at `depth`, `[r, r, C_z]`.
    package func latentShape(depth: Int) -> Shape {
        Shape(representationSize, representationSize, latentChannels(depth: depth))
    }
}
