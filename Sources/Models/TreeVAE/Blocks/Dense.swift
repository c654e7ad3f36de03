import Neural

/// What the bottom-up feature says of a node's latent: μ̂ and v̂ (the authors' "dense").
final class Dense: Module {
    let spectralNorm: Bool
    private let head: GaussianHead

    init(_ inputs: Int, _ outputs: Int, spectralNorm: Bool, using initialiser: inout Initialiser) {
        self.spectralNorm = spectralNorm
        head = GaussianHead(inputs, outputs, spectralNorm: spectralNorm, using: &initialiser)
    }

    func callAsFunction(_ d: Tensor, in graph: Graph) -> GaussianParameters {
        head(d, in: graph)
    }

    func collect(_ path: String, into state: inout StateDictionary) {
        head.collect(path, into: &state)
    }
}
