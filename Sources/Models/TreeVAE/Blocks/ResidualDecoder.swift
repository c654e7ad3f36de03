import Neural

/// `cnn2`: residual blocks with doublings between them, normalisation, activation and a convolution.
final class ResidualDecoder: ImageDecoder {
    private let chain: ResidualChain
    private let norm: BatchNorm
    private let last: Conv2D
    private let hidden: TreeVAEConfiguration.HiddenActivation
    private let output: TreeVAEConfiguration.Output

    init(_ configuration: TreeVAEConfiguration, latentChannels: Int, using initialiser: inout Initialiser) {
        chain = ResidualChain(up: configuration, channels: latentChannels, using: &initialiser)
        norm = BatchNorm(TreeVAEConfiguration.imageSideChannels, using: &initialiser)
        last = Conv2D(
            TreeVAEConfiguration.imageSideChannels, configuration.imageChannels, kernel: 3, padding: 1,
            using: &initialiser)
        hidden = configuration.hiddenActivation
        output = configuration.output
    }

    func callAsFunction(_ z: Tensor, in graph: Graph) -> Tensor {
        let image = last(norm(chain(z, in: graph), then: hidden, in: graph), in: graph)
        return output == .sigmoid ? graph.activation(image, .sigmoid) : image
    }

    func collect(_ path: String, into state: inout StateDictionary) {
        chain.collect(StateDictionary.join(path, "resnet"), into: &state)
        norm.collect(StateDictionary.join(path, "bn0"), into: &state)
        last.collect(StateDictionary.join(path, "conv_img"), into: &state)
    }
}
