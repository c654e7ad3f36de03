extension Graph {
    /// x W + b over the last axis: x `[..., in]`, weight `[in, out]`, bias `[out]`.
    package func linear(_ x: Tensor, weight: Tensor, bias: Tensor?) -> Tensor {
        precondition(
            weight.shape.count == 2 && weight.shape[0] == x.channels
                && bias.map { $0.shape == [weight.channels] } ?? true,
            "linear: input \(x.shape), weight \(weight.shape) and bias \(bias?.shape ?? []) do not fit")
        let (rows, inner, out) = (x.rows, x.channels, weight.channels)
        let y = output(x.shape.dropLast() + [out], from: x, weight, bias)
        let panels = prepared(weight, as: .panels(1)) {
            Product.pack(weight.data, inner: inner, columns: out, innerStride: out, columnStride: 1)
        }
        Product.rows(rows, inner: inner, columns: out, x.data, panels.data, bias: bias?.data, into: y.data)
        guard y.requiresGradient else { return y }
        record {
            guard let dy = y.gradientIfAny else { return }
            if let bias, bias.requiresGradient { Self.addColumnSums(of: dy, rows: rows, to: bias) }
            if weight.requiresGradient {
                Product.addTransposed(
                    rows: rows, inner: inner, columns: out, x.data, dy, to: weight.gradient())
            }
            if x.requiresGradient {
                let transposed = Product.pack(
                    weight.data, inner: out, columns: inner, innerStride: 1, columnStride: out)
                let (dx, accumulate) = x.gradientSink()
                Product.rows(
                    rows, inner: out, columns: inner, dy, transposed.data, into: dx, accumulate: accumulate)
            }
        }
        return y
    }
}
