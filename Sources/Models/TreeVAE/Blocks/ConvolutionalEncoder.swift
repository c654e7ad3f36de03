import Neural

/// `cnn1`: three strided convolutions, each with batch normalisation and activation.
final class ConvolutionalEncoder: ImageEncoder {
    private let convolutions: [Conv2D]
    private let norms: [BatchNorm]
    private let hidden: TreeVAEConfiguration.HiddenActivation

    init(_ configuration: TreeVAEConfiguration, using initialiser: inout Initialiser) {
        let plan = StridedSteps(
            size: (configuration.imageSize, configuration.representationSize),
            channels: (configuration.imageChannels, configuration.bottomUpChannels[0]))
        convolutions = plan.steps.map {
            Conv2D(
                $0.inputs, $0.outputs, kernel: $0.kernel, stride: $0.stride, padding: StridedSteps.padding, bias: false,
                spectralNorm: configuration.spectralNorm, using: &initialiser)
        }
        norms = plan.steps.map { BatchNorm($0.outputs, using: &initialiser) }
        hidden = configuration.hiddenActivation
    }

    func callAsFunction(_ image: Tensor, in graph: Graph) -> Tensor {
        var x = image
        for (convolution, norm) in zip(convolutions, norms) {
            x = norm(convolution(x, in: graph), then: hidden, in: graph)
        }
        return x
    }

    func collect(_ path: String, into state: inout StateDictionary) {
        for (index, convolution) in convolutions.enumerated() {
            convolution.collect(StateDictionary.join(path, "cnn\(index)"), into: &state)
        }
        for (index, norm) in norms.enumerated() {
            norm.collect(StateDictionary.join(path, "bn\(index)"), into: &state)
        }
    }
}
