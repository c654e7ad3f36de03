import Neural

/// `cnn2`'s chain of residual blocks and changes of size. Its n-th part has the name n, whether it has parameters or not.
final class ResidualChain: Module {
    private enum Part {
        case block(PreactivatedBlock)
        case downConvolution(Conv2D)
        case pool
        case upConvolution(ConvTranspose2D)
        case interpolate
    }

    private let parts: [Part]

    /// From the image's size down to the representation's, `channels` at the end.
    init(down configuration: TreeVAEConfiguration, channels: Int, using initialiser: inout Initialiser) {
        let widths = configuration.residualWidths(from: TreeVAEConfiguration.imageSideChannels, to: channels)
        func block(_ inputs: Int, _ outputs: Int) -> Part {
            .block(
                PreactivatedBlock(
                    inputs, outputs, spectralNorm: configuration.spectralNorm, hidden: configuration.hiddenActivation,
                    using: &initialiser))
        }
        var parts = [block(widths[0], widths[0])]
        for (inputs, outputs) in zip(widths, widths.dropFirst()) {
            parts.append(
                configuration.learnedResampling
                    ? .downConvolution(
                        Conv2D(inputs, inputs, kernel: 3, stride: 2, padding: 1, using: &initialiser))
                    : .pool)
            parts.append(block(inputs, outputs))
        }
        self.parts = parts
    }

    /// From the representation's size, with `channels`, up to the image's.
    init(up configuration: TreeVAEConfiguration, channels: Int, using initialiser: inout Initialiser) {
        let widths = configuration.residualWidths(from: channels, to: TreeVAEConfiguration.imageSideChannels)
        func block(_ inputs: Int, _ outputs: Int) -> Part {
            .block(
                PreactivatedBlock(
                    inputs, outputs, spectralNorm: false, hidden: configuration.hiddenActivation, using: &initialiser))
        }
        var parts: [Part] = []
        for (inputs, outputs) in zip(widths, widths.dropFirst()) {
            parts.append(block(inputs, outputs))
            parts.append(
                configuration.learnedResampling
                    ? .upConvolution(
                        ConvTranspose2D(
                            outputs, outputs, kernel: 4, stride: 2, padding: 1, bias: false, using: &initialiser))
                    : .interpolate)
        }
        parts.append(block(TreeVAEConfiguration.imageSideChannels, TreeVAEConfiguration.imageSideChannels))
        self.parts = parts
    }

    func callAsFunction(_ x: Tensor, in graph: Graph) -> Tensor {
        parts.reduce(x) { x, part in
            switch part {
            case .block(let block): block(x, in: graph)
            case .downConvolution(let convolution): convolution(x, in: graph)
            case .pool: graph.avgPool3x3Stride2(x)
            case .upConvolution(let convolution): convolution(x, in: graph)
            case .interpolate: graph.bilinearUpsample2(x)
            }
        }
    }

    func collect(_ path: String, into state: inout StateDictionary) {
        for (index, part) in parts.enumerated() {
            let name = StateDictionary.join(path, String(index))
            switch part {
            case .block(let block): block.collect(name, into: &state)
            case .downConvolution(let convolution): convolution.collect(name, into: &state)
            case .upConvolution(let convolution): convolution.collect(name, into: &state)
            case .pool, .interpolate: break
            }
        }
    }
}
