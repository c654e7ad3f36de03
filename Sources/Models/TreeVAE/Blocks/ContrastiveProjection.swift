import Neural

/// A bottom-up feature as the ten numbers in which two views of an image are compared.
final class ContrastiveProjection: Module {
    private static let width = 128
    private static let embedding = 10

    private let first: NormalisedProjection
    private let mean: Linear
    /// The authors' network has it and never uses it; it is here so that their files fit.
    private let variance: Linear
    private let hidden: TreeVAEConfiguration.HiddenActivation

    init(
        _ inputs: Int, size: Int, hidden: TreeVAEConfiguration.HiddenActivation, using initialiser: inout Initialiser
    ) {
        first = NormalisedProjection(inputs, size: size, width: Self.width, using: &initialiser)
        mean = Linear(Self.width, Self.embedding, using: &initialiser)
        variance = Linear(Self.width, Self.embedding, using: &initialiser)
        self.hidden = hidden
    }

    /// `[N, r, r, C_d]` to `[N, 10]`.
    func callAsFunction(_ d: Tensor, in graph: Graph) -> Tensor {
        mean(graph.hidden(first(d, in: graph), hidden), in: graph)
    }

    func collect(_ path: String, into state: inout StateDictionary) {
        first.collect(path, into: &state)
        mean.collect(StateDictionary.join(path, "mu"), into: &state)
        variance.collect(StateDictionary.join(path, "sigma"), into: &state)
    }
}
