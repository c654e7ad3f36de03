import Neural

/// The probability of going left: p(left | z) from a latent, or q(left | d) from a bottom-up feature.
final class Router: Module {
    private let first: NormalisedProjection
    private let second: Linear
    private let secondNorm: BatchNorm
    private let last: Linear
    private let hidden: TreeVAEConfiguration.HiddenActivation
    private let dropout: Double

    /// - Parameter size: r, the height and width of what it reads.
    init(
        _ inputs: Int, size: Int, width: Int, dropout: Double, hidden: TreeVAEConfiguration.HiddenActivation,
        using initialiser: inout Initialiser
    ) {
        first = NormalisedProjection(inputs, size: size, width: width, using: &initialiser)
        second = Linear(width, width, bias: false, using: &initialiser)
        last = Linear(width, 1, using: &initialiser)
        secondNorm = BatchNorm(width, using: &initialiser)
        self.hidden = hidden
        self.dropout = dropout
    }

    /// `[N, r, r, in]` to `[N]`.
    ///
    /// - Parameter key: of this router's dropout in this step; needed where the settings ask for dropout and the pass is a
    ///   training pass.
    func callAsFunction(_ x: Tensor, key: RandomKey?, in graph: Graph) -> Tensor {
        var result = activated(first(x, in: graph), layer: 0, key, in: graph)
        result = activated(secondNorm(second(result, in: graph), in: graph), layer: 1, key, in: graph)
        return graph.reshape(graph.activation(last(result, in: graph), .sigmoid), Shape(x.shape[0]))
    }

    private func activated(_ x: Tensor, layer: UInt32, _ key: RandomKey?, in graph: Graph) -> Tensor {
        let result = graph.hidden(x, hidden)
        guard dropout > 0, graph.training else { return result }
        guard var key else { preconditionFailure("Router: a training pass with dropout needs a random key") }
        key.image = layer
        return graph.dropout(result, rate: Float(dropout), key: key)
    }

    func collect(_ path: String, into state: inout StateDictionary) {
        first.collectMaps(path, into: &state)
        for (index, linear) in [second, last].enumerated() {
            linear.collect(StateDictionary.join(path, "dense\(index + 2)"), into: &state)
        }
        first.collectNorm(path, into: &state)
        secondNorm.collect(StateDictionary.join(path, "bn2"), into: &state)
    }
}
