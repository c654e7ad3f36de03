/// A transposed convolution of images `[N, H, W, in]` to `[N, (H-1)·stride - 2·padding + k, ..., out]`.
package final class ConvTranspose2D: Module {
    package let weight: Parameter
    package let bias: Parameter?
    private let stride: Int
    private let padding: Int

    /// Draws weight and bias as PyTorch does, uniform within 1/√(out·k²): it reads the fan from the weight's second
    /// axis, which here is the output.
    package init(
        _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, bias: Bool = true,
        using initialiser: inout Initialiser
    ) {
        let bound = 1 / Float(outputs * kernel * kernel).squareRoot()
        weight = initialiser.uniform([inputs, kernel, kernel, outputs], bound: bound, layout: .convTransposed)
        self.bias = bias ? initialiser.uniform([outputs], bound: bound, layout: .vector) : nil
        self.stride = stride
        self.padding = padding
    }

    package func callAsFunction(_ x: Tensor, in graph: Graph) -> Tensor {
        graph.convTranspose2d(x, weight: weight.value, bias: bias?.value, stride: stride, padding: padding)
    }

    package func collect(_ path: String, into state: inout StateDictionary) {
        state.add(StateDictionary.join(path, "weight"), weight)
        if let bias { state.add(StateDictionary.join(path, "bias"), bias) }
    }
}
