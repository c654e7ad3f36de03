import Neural

/// A bottom-up feature as the ten numbers in which two views of an image are compared.
final class ContrastiveProjection: Module {
    private static let width = 128
    private static let embedding = 10

    private let convolution: Conv2D
    private let first: Linear
    private let norm: BatchNorm
    private let mean: Linear
    /// The authors' network has it and never uses it; it is here so that their files fit.
    private let variance: Linear
    private let hidden: TreeVAEConfiguration.HiddenActivation

    init(
        _ inputs: Int, size: Int, hidden: TreeVAEConfiguration.HiddenActivation, using initialiser: inout Initialiser
    ) {
        convolution = Conv2D(inputs, 1, kernel: 3, padding: 1, bias: false, using: &initialiser)
        first = Linear(size * size, Self.width, bias: false, using: &initialiser)
        norm = BatchNorm(Self.width, using: &initialiser)
        mean = Linear(Self.width, Self.embedding, using: &initialiser)
        variance = Linear(Self.width, Self.embedding, using: &initialiser)
        self.hidden = hidden
    }

    /// `[N, r, r, C_d]` to `[N, 10]`.
    func callAsFunction(_ d: Tensor, in graph: Graph) -> Tensor {
        let flat = graph.convolveToOneChannel(d, weight: convolution.weight.value)
        return mean(graph.hidden(norm(first(flat, in: graph), in: graph), hidden), in: graph)
    }

    func collect(_ path: String, into state: inout StateDictionary) {
        convolution.collect(StateDictionary.join(path, "conv1"), into: &state)
        first.collect(StateDictionary.join(path, "dense1"), into: &state)
        norm.collect(StateDictionary.join(path, "bn1"), into: &state)
        mean.collect(StateDictionary.join(path, "mu"), into: &state)
        variance.collect(StateDictionary.join(path, "sigma"), into: &state)
    }
}
