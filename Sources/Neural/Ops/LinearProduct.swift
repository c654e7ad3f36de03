extension Graph {
    /// x W + b over the last axis: x `[..., in]`, weight `[in, out]`, bias `[out]`.
    package func linear(_ x: Tensor, weight: Tensor, bias: Tensor?) -> Tensor {
        linear(joining: Parts(x), weight: weight, bias: bias)
    }

    /// The same for an x in parts, each with some of its last axis; nothing is copied to join them. The weight is
    /// `[in, out]`, or `[1, 1, in, out]` of a convolution.
    package func linear(joining x: Parts, weight: Tensor, bias: Tensor?) -> Tensor {
        let (inner, out) = (x.channels, weight.channels)
        precondition(
            weight.count == inner * out && weight.rows == inner && bias.map { $0.shape == Shape(out) } ?? true,
            "linear: input of \(inner) channels, weight \(weight.shape) and bias \(bias?.shape ?? []) do not fit")
        if weight.shape.count == 4 {
            onConvolution?(
                Correlation(
                    convolving: x.first.shape, channels: inner, weight: weight.shape, bias: bias?.shape, stride: 1,
                    padding: 0), false)
        }
        let rows = x.rows
        let y = output(x.first.shape.with(channels: out), from: x.first, x.second, weight, bias)
        x.forEach { part, first in
            let own = part.channels
            let panels = prepared(weight, as: .rows(first, own)) {
                Product.pack(
                    weight.data + first * out, inner: own, columns: out, innerStride: out, columnStride: 1)
            }
            Product.rows(
                rows, inner: own, columns: out, part.data, panels.data, bias: first == 0 ? bias?.data : nil,
                into: y.data, accumulate: first > 0)
        }
        guard y.requiresGradient else { return y }
        record((y, x, weight, bias)) { kept, _ in
            let (y, x, weight, bias) = kept
            guard let dy = y.gradientIfAny else { return }
            if let bias, bias.requiresGradient { Graph.addColumnSums(of: dy, rows: x.rows, to: bias) }
            x.forEach { part, first in Graph.linearBackward(part, weight, row: first, dy) }
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
