import Neural

/// `cnn2`'s block, pre-activated: x̄ + 0.1 · conv(act(bn(conv(act(bn(conv(act(bn x)))))))), x̄ through a 1×1 convolution
/// where the number of channels changes.
final class PreactivatedBlock: Module {
    private let convolutions: [Conv2D]
    private let shortcut: Conv2D?
    private let norms: [BatchNorm]
    private let hidden: TreeVAEConfiguration.HiddenActivation

    init(
        _ inputs: Int, _ outputs: Int, spectralNorm: Bool, hidden: TreeVAEConfiguration.HiddenActivation,
        using initialiser: inout Initialiser
    ) {
        let middle = min(inputs, outputs)
        convolutions = [(inputs, inputs), (inputs, middle), (middle, outputs)].map {
            Conv2D($0.0, $0.1, kernel: 3, padding: 1, spectralNorm: spectralNorm, using: &initialiser)
        }
        shortcut =
            inputs == outputs
            ? nil : Conv2D(inputs, outputs, kernel: 1, bias: false, spectralNorm: spectralNorm, using: &initialiser)
        norms = [inputs, inputs, middle].map { BatchNorm($0, using: &initialiser) }
        self.hidden = hidden
    }

    /// `[N, H, W, in]` to `[N, H, W, out]`.
    func callAsFunction(_ x: Tensor, in graph: Graph) -> Tensor {
        var change = x
        for (convolution, norm) in zip(convolutions, norms) {
            change = convolution(norm(change, then: hidden, in: graph), in: graph)
        }
        return graph.addScaled(shortcut?(x, in: graph) ?? x, change, by: 0.1)
    }

    func collect(_ path: String, into state: inout StateDictionary) {
        for (index, convolution) in convolutions.enumerated() {
            convolution.collect(StateDictionary.join(path, "conv_\(index)"), into: &state)
        }
        shortcut?.collect(StateDictionary.join(path, "conv_s"), into: &state)
        for (index, norm) in norms.enumerated() {
            norm.collect(StateDictionary.join(path, "bn\(index)"), into: &state)
        }
    }
}
