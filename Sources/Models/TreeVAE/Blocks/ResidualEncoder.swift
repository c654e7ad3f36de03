import Neural

/// `cnn2`: a convolution, residual blocks with halvings between them, normalisation and activation.
final class ResidualEncoder: ImageEncoder {
    private let first: Conv2D
    private let chain: ResidualChain
    private let norm: BatchNorm
    private let hidden: TreeVAEConfiguration.HiddenActivation

    init(_ configuration: TreeVAEConfiguration, using initialiser: inout Initialiser) {
        first = Conv2D(
            configuration.imageChannels, TreeVAEConfiguration.imageSideChannels, kernel: 3, padding: 1,
            spectralNorm: configuration.spectralNorm, using: &initialiser)
        chain = ResidualChain(down: configuration, channels: configuration.bottomUpChannels[0], using: &initialiser)
        norm = BatchNorm(configuration.bottomUpChannels[0], using: &initialiser)
        hidden = configuration.hiddenActivation
    }

    func callAsFunction(_ image: Tensor, in graph: Graph) -> Tensor {
        norm(chain(first(image, in: graph), in: graph), then: hidden, in: graph)
    }

    func collect(_ path: String, into state: inout StateDictionary) {
        first.collect(StateDictionary.join(path, "conv_img"), into: &state)
        chain.collect(StateDictionary.join(path, "resnet"), into: &state)
        norm.collect(StateDictionary.join(path, "bn0"), into: &state)
    }
}
