import Neural

/// `cnn1`: three transposed convolutions; normalisation and activation after the first two.
final class ConvolutionalDecoder: ImageDecoder {
    private let convolutions: [ConvTranspose2D]
    private let norms: [BatchNorm]
    private let hidden: TreeVAEConfiguration.HiddenActivation
    private let output: TreeVAEConfiguration.Output

    init(_ configuration: TreeVAEConfiguration, latentChannels: Int, using initialiser: inout Initialiser) {
        let plan = StridedSteps(
            size: (configuration.representationSize, configuration.imageSize),
            channels: (latentChannels, configuration.imageChannels))
        convolutions = plan.steps.map {
            ConvTranspose2D(
                $0.inputs, $0.outputs, kernel: $0.kernel, stride: $0.stride, padding: StridedSteps.padding, bias: false,
                using: &initialiser)
        }
        norms = plan.steps.dropLast().map { BatchNorm($0.outputs, using: &initialiser) }
        hidden = configuration.hiddenActivation
        output = configuration.output
    }

    func callAsFunction(_ z: Tensor, in graph: Graph) -> Tensor {
        var x = convolutions[0](z, in: graph)
        for (convolution, norm) in zip(convolutions.dropFirst(), norms) {
            x = convolution(norm(x, then: hidden, in: graph), in: graph)
        }
        return output == .sigmoid ? graph.activation(x, .sigmoid) : x
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
