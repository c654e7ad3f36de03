import CKernels

extension Graph {
    /// Scaled dot-product attention (Vaswani et al. 2017) among the tokens of each image.
    ///
    /// `qkv` is `[n, tokens, 3 channels]`, head after head, each head's query, key and value side by side; the
    /// result is `[n, tokens, channels]`. Weights are softmax(q k / sqrt(channels / heads)).
    package func attention(qkv: Tensor, heads: Int) -> Tensor {
        precondition(
            qkv.shape.count == 3 && heads > 0 && qkv.channels % (3 * heads) == 0,
            "attention: \(heads) heads do not divide shape \(qkv.shape)")
        let shape = AttentionShape(tokens: qkv.shape[1], heads: heads, width: qkv.channels / (3 * heads))
        let images = qkv.shape[0]
        let y = output(Shape(images, shape.tokens, shape.channels), from: qkv)
        let weights = tensor(Shape(images, heads, shape.weightCount))
        Parallel.forEach(images * heads) { index in
            shape.forward(qkv.data, weights.data, y.data, image: index / heads, head: index % heads)
        }
        guard y.requiresGradient else { return y }
        record((y, qkv, weights, shape)) { kept, _ in
            let (y, qkv, weights, shape) = kept
            guard let dy = y.gradientIfAny else { return }
            let (gradient, accumulate) = qkv.gradientSink()
            let heads = shape.heads
            Parallel.forEach(qkv.shape[0] * heads) { index in
                shape.backward(
                    qkv.data, weights.data, dy, gradient, accumulate: accumulate, image: index / heads,
                    head: index % heads)
            }
        }
        return y
    }
}

/// Where the parts of one head lie, and its arithmetic.
private struct AttentionShape {
    let tokens: Int
    let heads: Int
    /// Channels of one head.
    let width: Int

    var channels: Int { heads * width }
    /// The attention weights of one head.
    var weightCount: Int { tokens * tokens }
    private var row: Int { 3 * channels }
    private var scale: Float { 1 / Float(width).squareRoot() }

    func forward(
        _ qkv: UnsafePointer<Float>, _ weights: UnsafeMutablePointer<Float>, _ y: UnsafeMutablePointer<Float>,
        image: Int,
        head: Int
    ) {
        let q = qkv + image * tokens * row + head * 3 * width
        let p = weights + (image * heads + head) * weightCount
        Matrix.multiply(
            tokens, tokens, width, alpha: scale, a: q, lda: row, b: q + width, ldb: row, bTransposed: true, c: p,
            ldc: tokens)
        grove_softmax_rows(p, tokens, tokens)
        Matrix.multiply(
            tokens, width, tokens, a: p, lda: tokens, b: q + 2 * width, ldb: row,
            c: y + image * tokens * channels + head * width, ldc: channels)
    }

    func backward(
        _ qkv: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
        _ gradient: UnsafeMutablePointer<Float>, accumulate: Bool, image: Int, head: Int
    ) {
        let offset = image * tokens * row + head * 3 * width
        let (q, dq) = (qkv + offset, gradient + offset)
        let p = weights + (image * heads + head) * weightCount
        let output = dy + image * tokens * channels + head * width
        let beta: Float = accumulate ? 1 : 0
        let scratch = Scratch(weightCount)
        let ds = scratch.data
        // dV = Pᵀ dY, dP = dY Vᵀ
        Matrix.multiply(
            tokens, width, tokens, a: p, lda: tokens, aTransposed: true, b: output, ldb: channels, beta: beta,
            c: dq + 2 * width, ldc: row)
        Matrix.multiply(
            tokens, tokens, width, a: output, lda: channels, b: q + 2 * width, ldb: row, bTransposed: true, c: ds,
            ldc: tokens)
        grove_softmax_rows_backward(ds, ds, p, tokens, tokens)
        // dQ = s dS K, dK = s dSᵀ Q
        Matrix.multiply(
            tokens, width, tokens, alpha: scale, a: ds, lda: tokens, b: q + width, ldb: row, beta: beta, c: dq, ldc: row
        )
        Matrix.multiply(
            tokens, width, tokens, alpha: scale, a: ds, lda: tokens, aTransposed: true, b: q, ldb: row, beta: beta,
            c: dq + width, ldc: row)
    }
}
