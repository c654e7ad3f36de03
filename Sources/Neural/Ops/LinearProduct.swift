import CKernels

extension Graph {
    /// x W + b over the last axis: x `[..., in]`, weight `[in, out]`, bias `[out]`.
    package func linear(_ x: Tensor, weight: Tensor, bias: Tensor?) -> Tensor {
        precondition(
            weight.shape.count == 2 && weight.shape[0] == x.channels
                && bias.map { $0.shape == [weight.channels] } ?? true,
            "linear: input \(x.shape), weight \(weight.shape) and bias \(bias?.shape ?? []) do not fit")
        let (rows, inner, out) = (x.rows, x.channels, weight.channels)
        let y = output(x.shape.dropLast() + [out], from: x, weight, bias)
        // One row a product keeps a row's bits independent of its company; images bring their pixels along.
        let group = x.shape.count > 2 ? rows / max(1, x.shape[0]) : 1
        Chunks.forEach(rows / group, size: max(1, 64 / group)) { first, count in
            for row in first..<first + count {
                let to = y.data + row * group * out
                Matrix.multiply(
                    group, out, inner, a: x.data + row * group * inner, lda: inner, b: weight.data, ldb: out, c: to,
                    ldc: out)
                if let bias { grove_add_row(to, to, bias.data, group, out) }
            }
        }
        guard y.requiresGradient else { return y }
        record { Self.linearBackward(y, x, weight, bias) }
        return y
    }

    private static func linearBackward(_ y: Tensor, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?) {
        guard let dy = y.gradientIfAny else { return }
        let (rows, inner, out) = (x.rows, x.channels, weight.channels)
        if let bias, bias.requiresGradient { addColumnSums(of: dy, rows: rows, to: bias.gradient(), columns: out) }
        let dx = x.requiresGradient ? x.gradient() : nil
        let parts = Chunks.batchParts(rows)
        let partials = weight.requiresGradient ? Scratch(parts * weight.count) : nil
        Chunks.forEachPart(rows) { part, range in
            let from = dy + range.lowerBound * out
            if let partials {
                Matrix.multiply(
                    inner, out, range.count, a: x.data + range.lowerBound * inner, lda: inner, aTransposed: true,
                    b: from,
                    ldb: out, c: partials.data + part * weight.count, ldc: out)
            }
            if let dx {
                Matrix.multiply(
                    range.count, inner, out, a: from, lda: out, b: weight.data, ldb: out, bTransposed: true, beta: 1,
                    c: dx + range.lowerBound * inner, ldc: inner)
            }
        }
        if let partials { Chunks.addParts(weight.gradient(), partials.data, parts: parts, count: weight.count) }
    }
}
