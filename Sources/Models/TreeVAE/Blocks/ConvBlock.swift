import Neural

/// Three convolutions and a Gaussian head (the authors' "Conv"). As a bottom-up step only its feature is used and
/// the head is never trained; as a transformation `prior` gives p(z | z_parent).
final class ConvBlock: Module {
    private let convolutions: [Conv2D]
    private let norms: [BatchNorm]
    private let head: GaussianHead
    private let hidden: TreeVAEConfiguration.HiddenActivation
    /// Added after the last activation; only possible where the block keeps the number of channels.
    private let isResidual: Bool
    private let spectralNorm: Bool

    /// - Parameter spectralNorm: of the first two convolutions and the head; the third never has it.
    init(
        _ inputs: Int, _ outputs: Int, latent: Int, residual: Bool, spectralNorm: Bool,
        hidden: TreeVAEConfiguration.HiddenActivation, using initialiser: inout Initialiser
    ) {
        func convolution(_ outputs: Int, _ spectralNorm: Bool) -> Conv2D {
            Conv2D(
                inputs, outputs, kernel: 3, padding: 1, bias: false, spectralNorm: spectralNorm, using: &initialiser)
        }
        convolutions = [
            convolution(inputs, spectralNorm), convolution(inputs, spectralNorm), convolution(outputs, false),
        ]
        norms = [inputs, inputs, outputs].map { BatchNorm($0, using: &initialiser) }
        head = GaussianHead(outputs, latent, spectralNorm: spectralNorm, using: &initialiser)
        self.hidden = hidden
        isResidual = residual && inputs == outputs
        self.spectralNorm = spectralNorm
    }

    /// `[N, r, r, in]` to `[N, r, r, out]`.
    func feature(_ x: Tensor, in graph: Graph) -> Tensor {
        var result = x
        for (convolution, norm) in zip(convolutions, norms) {
            result = norm(convolution(result, in: graph), then: hidden, in: graph)
        }
        return isResidual ? graph.add(result, x) : result
    }

    /// One step of the bottom-up path. The authors' code also runs the head and throws the result away, which leaves a
    /// trace in one place: the power iterations of its spectral normalisation, so those are made, on one empty image.
    func step(_ d: Tensor, in graph: Graph) -> Tensor {
        let result = feature(d, in: graph)
        if spectralNorm, graph.training {
            _ = head(graph.aside.zeros(result.shape.with(rows: 1)), in: graph.aside)
        }
        return result
    }

    /// The prior of a child's latent, given its parent's z.
    func prior(_ z: Tensor, in graph: Graph) -> GaussianParameters {
        head(feature(z, in: graph), in: graph)
    }

    func collect(_ path: String, into state: inout StateDictionary) {
        for (index, convolution) in convolutions.enumerated() {
            convolution.collect(StateDictionary.join(path, "conv\(index)"), into: &state)
        }
        for (index, norm) in norms.enumerated() {
            norm.collect(StateDictionary.join(path, "bn\(index)"), into: &state)
        }
        head.collect(path, into: &state)
    }
}
