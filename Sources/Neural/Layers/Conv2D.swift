/// A convolution of images `[N, H, W, in]` to `[N, H', W', out]`, zero-padded.
package final class Conv2D: Module {
    package let weight: Parameter
    package let bias: Parameter?
    private let stride: Int
    private let padding: Int
    private let spectralNorm: SpectralNormState?

    /// Draws weight and bias as PyTorch does, uniform within 1/√(in·k²).
    package init(
        _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, bias: Bool = true,
        spectralNorm: Bool = false, using initialiser: inout Initialiser
    ) {
        let bound = 1 / Float(inputs * kernel * kernel).squareRoot()
        weight = initialiser.uniform([kernel, kernel, inputs, outputs], bound: bound, layout: .conv)
        self.bias = bias ? initialiser.uniform([outputs], bound: bound, layout: .vector) : nil
        self.spectralNorm = spectralNorm ? SpectralNormState(for: weight.value, using: &initialiser) : nil
        self.stride = stride
        self.padding = padding
    }

    package func callAsFunction(_ x: Tensor, residual: Tensor? = nil, in graph: Graph) -> Tensor {
        graph.conv2d(
            x, weight: kernel(in: graph), bias: bias?.value, stride: stride, padding: padding, residual: residual)
    }

    /// The convolution of SiLU of normalised images, plus `residual`; see `Graph.normalisedConv2d`.
    package func callAsFunction(
        normalising x: Parts, by norm: GroupNorm, scale: Tensor? = nil, shift: Tensor? = nil,
        residual: Tensor? = nil, in graph: Graph
    ) -> Tensor {
        precondition(stride == 1, "Conv2D: normalised images need stride 1")
        return graph.normalisedConv2d(
            x, norm.map(scale: scale, shift: shift), weight: kernel(in: graph), bias: bias?.value, padding: padding,
            residual: residual)
    }

    /// A 1x1 convolution of images in parts, each with some of the channels.
    package func callAsFunction(joining x: Parts, in graph: Graph) -> Tensor {
        precondition(
            stride == 1 && padding == 0 && weight.value.shape[0] == 1, "Conv2D: images in parts need a 1x1 kernel")
        return graph.linear(joining: x, weight: kernel(in: graph), bias: bias?.value)
    }

    private func kernel(in graph: Graph) -> Tensor {
        spectralNorm.map { graph.spectralNormalised(weight.value, state: $0) } ?? weight.value
    }

    package func collect(_ path: String, into state: inout StateDictionary) {
        if let bias { state.add(StateDictionary.join(path, "bias"), bias) }
        guard let spectralNorm else {
            state.add(StateDictionary.join(path, "weight"), weight)
            return
        }
        let path = StateDictionary.join(path, "parametrizations.weight")
        state.add("\(path).original", weight)
        state.addBuffer("\(path).0._u", spectralNorm.u)
        state.addBuffer("\(path).0._v", spectralNorm.v)
    }
}
