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

    package func callAsFunction(_ x: Tensor, in graph: Graph) -> Tensor {
        var kernel = weight.value
        if let spectralNorm { kernel = graph.spectralNormalised(kernel, state: spectralNorm) }
        return graph.conv2d(x, weight: kernel, bias: bias?.value, stride: stride, padding: padding)
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
