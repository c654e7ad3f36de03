/// An affine map of the last axis, `[..., in]` to `[..., out]`.
package final class Linear: Module {
    package let weight: Parameter
    package let bias: Parameter?

    /// Draws weight and bias as PyTorch does, uniform within 1/√in. With `pointwise` the weight is stored as that of a
    /// convolution over a sequence, (out, in, 1), as in the authors' attention blocks.
    package init(
        _ inputs: Int, _ outputs: Int, bias: Bool = true, pointwise: Bool = false,
        using initialiser: inout Initialiser
    ) {
        let bound = 1 / Float(inputs).squareRoot()
        weight = initialiser.uniform([inputs, outputs], bound: bound, layout: pointwise ? .pointwise : .linear)
        self.bias = bias ? initialiser.uniform([outputs], bound: bound, layout: .vector) : nil
    }

    package func callAsFunction(_ x: Tensor, in graph: Graph) -> Tensor {
        graph.linear(x, weight: weight.value, bias: bias?.value)
    }

    package func collect(_ path: String, into state: inout StateDictionary) {
        state.add(StateDictionary.join(path, "weight"), weight)
        if let bias { state.add(StateDictionary.join(path, "bias"), bias) }
    }
}
