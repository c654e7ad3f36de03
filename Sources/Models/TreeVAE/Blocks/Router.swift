import Neural

/// The probability of going left: p(left | z) from a latent, or q(left | d) from a bottom-up feature.
final class Router: Module {
    private let convolution: Conv2D
    private let first: Linear
    private let second: Linear
    private let last: Linear
    private let norms: [BatchNorm]
    private let hidden: TreeVAEConfiguration.HiddenActivation
    private let dropout: Double

    /// - Parameter size: r, the height and width of what it reads.
    init(
        _ inputs: Int, size: Int, width: Int, dropout: Double, hidden: TreeVAEConfiguration.HiddenActivation,
        using initialiser: inout Initialiser
    ) {
        convolution = Conv2D(inputs, 1, kernel: 3, padding: 1, bias: false, using: &initialiser)
        first = Linear(size * size, width, bias: false, using: &initialiser)
        second = Linear(width, width, bias: false, using: &initialiser)
        last = Linear(width, 1, using: &initialiser)
        norms = [width, width].map { BatchNorm($0, using: &initialiser) }
        self.hidden = hidden
        self.dropout = dropout
    }

    /// `[N, r, r, in]` to `[N]`.
    ///
    /// - Parameter key: of this router's dropout in this step; needed where the settings ask for dropout and the pass is a
    ///   training pass.
    func callAsFunction(_ x: Tensor, key: RandomKey?, in graph: Graph) -> Tensor {
        var result = graph.convolveToOneChannel(x, weight: convolution.weight.value)
        for (index, linear) in [first, second].enumerated() {
            result = graph.hidden(norms[index](linear(result, in: graph), in: graph), hidden)
            guard dropout > 0, graph.training else { continue }
            guard var key else { preconditionFailure("Router: a training pass with dropout needs a random key") }
            key.image = UInt32(index)
            result = graph.dropout(result, rate: Float(dropout), key: key)
        }
        return graph.reshape(graph.activation(last(result, in: graph), .sigmoid), [x.shape[0]])
    }

    func collect(_ path: String, into state: inout StateDictionary) {
        convolution.collect(StateDictionary.join(path, "conv1"), into: &state)
        for (index, linear) in [first, second, last].enumerated() {
            linear.collect(StateDictionary.join(path, "dense\(index + 1)"), into: &state)
        }
        for (index, norm) in norms.enumerated() {
            norm.collect(StateDictionary.join(path, "bn\(index + 1)"), into: &state)
        }
    }
}
