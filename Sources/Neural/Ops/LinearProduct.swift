extension Graph {
    /// x W + b over the last axis: x `[..., in]`, weight `[in, out]`, bias `[out]`.
    package func linear(_ x: Tensor, weight: Tensor, bias: Tensor?) -> Tensor {
        linear(joining: [x], weight: weight, bias: bias)
    }

    /// The same for an x in parts, each with some of its last axis; nothing is copied to join them. The weight is
    /// `[in, out]`, or `[1, 1, in, out]` of a convolution.
    package func linear(joining x: [Tensor], weight: Tensor, bias: Tensor?) -> Tensor {
        let (inner, out) = (x.reduce(0) { $0 + $1.channels }, weight.channels)
        precondition(
            weight.count == inner * out && weight.rows == inner && bias.map { $0.shape == [out] } ?? true
                && x.allSatisfy { $0.shape.differsInChannelsAlone(from: x[0].shape) },
            "linear: input \(x.map(\.shape)), weight \(weight.shape) and bias \(bias?.shape ?? []) do not fit")
        if weight.shape.count == 4 {
            onConvolution?(
                Correlation(
                    convolving: x[0].shape, channels: inner, weight: weight.shape, bias: bias?.shape, stride: 1,
                    padding: 0), false)
        }
        let rows = x[0].rows
        let y = output(x[0].shape.with(channels: out), joining: x, from: weight, bias)
        var first = 0
        for part in x {
            let own = part.channels
            let panels = prepared(weight, as: .rows(first, own)) {
                Product.pack(
                    weight.data + first * out, inner: own, columns: out, innerStride: out, columnStride: 1)
            }
            Product.rows(
                rows, inner: own, columns: out, part.data, panels.data, bias: first == 0 ? bias?.data : nil,
                into: y.data, accumulate: first > 0)
            first += own
        }
        guard y.requiresGradient else { return y }
        record {
            guard let dy = y.gradientIfAny else { return }
            if let bias, bias.requiresGradient { Self.addColumnSums(of: dy, rows: rows, to: bias) }
            var first = 0
            for part in x {
                Self.linearBackward(part, weight, row: first, dy)
                first += part.channels
            }
        }
        return y
    }

    /// The gradients of one part and of its rows of the weight.
    private static func linearBackward(_ x: Tensor, _ weight: Tensor, row: Int, _ dy: UnsafePointer<Float>) {
        let (rows, inner, out) = (x.rows, x.channels, weight.channels)
        if weight.requiresGradient {
            Product.addTransposed(
                rows: rows, inner: inner, columns: out, x.data, dy, to: weight.gradient() + row * out)
        }
        guard x.requiresGradient else { return }
        let transposed = Product.pack(
            weight.data + row * out, inner: out, columns: inner, innerStride: 1, columnStride: out)
        let (dx, accumulate) = x.gradientSink()
        Product.rows(rows, inner: out, columns: inner, dy, transposed.data, into: dx, accumulate: accumulate)
    }
}
