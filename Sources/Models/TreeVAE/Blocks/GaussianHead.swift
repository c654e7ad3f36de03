import Neural

/// Mean and variance of a latent from a feature, `[N, r, r, in]` to twice `[N, r, r, out]`: two 3×3 convolutions, the
/// variance through a softplus.
final class GaussianHead {
    private let mean: Conv2D
    private let variance: Conv2D

    init(_ inputs: Int, _ outputs: Int, spectralNorm: Bool, using initialiser: inout Initialiser) {
        mean = Conv2D(
            inputs, outputs, kernel: 3, padding: 1, bias: false, spectralNorm: spectralNorm, using: &initialiser)
        variance = Conv2D(
            inputs, outputs, kernel: 3, padding: 1, bias: false, spectralNorm: spectralNorm, using: &initialiser)
    }

    func callAsFunction(_ x: Tensor, in graph: Graph) -> GaussianParameters {
        GaussianParameters(mean: mean(x, in: graph), variance: graph.activation(variance(x, in: graph), .softplus))
    }

    /// The two convolutions belong to whatever has the head: their names continue its path.
    func collect(_ path: String, into state: inout StateDictionary) {
        mean.collect(StateDictionary.join(path, "mu"), into: &state)
        variance.collect(StateDictionary.join(path, "sigma"), into: &state)
    }
}
