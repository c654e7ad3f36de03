import Neural

/// The network between images and the first bottom-up feature d^(0): `[N, H, W, C]` to `[N, r, r, C_d]`.
protocol ImageEncoder: Module {
    func callAsFunction(_ image: Tensor, in graph: Graph) -> Tensor
}

/// The network between a leaf's latent and images: `[N, r, r, C_z]` to `[N, H, W, C]`.
protocol ImageDecoder: Module {
    func callAsFunction(_ z: Tensor, in graph: Graph) -> Tensor
}

extension TreeVAEConfiguration {
    func makeEncoder(using initialiser: inout Initialiser) -> any ImageEncoder {
        switch architecture {
        case .convolutional: ConvolutionalEncoder(self, using: &initialiser)
        case .residual: ResidualEncoder(self, using: &initialiser)
        }
    }

    /// - Parameter latentChannels: C_z of the leaf.
    func makeDecoder(latentChannels: Int, using initialiser: inout Initialiser) -> any ImageDecoder {
        switch architecture {
        case .convolutional: ConvolutionalDecoder(self, latentChannels: latentChannels, using: &initialiser)
        case .residual: ResidualDecoder(self, latentChannels: latentChannels, using: &initialiser)
        }
    }
}
