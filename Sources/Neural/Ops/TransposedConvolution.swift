import CKernels

extension Graph {
    /// Transposed convolution of `[n, h, w, in]` with a weight `[in, k, k, out]`: `[n, h', w', out]`,
    /// h' = (h - 1) stride - 2 padding + k.
    package func convTranspose2d(_ x: Tensor, weight: Tensor, bias: Tensor?, stride: Int, padding: Int) -> Tensor {
        precondition(
            x.shape.count == 4 && weight.shape.count == 4 && weight.shape[1] == weight.shape[2]
                && weight.shape[0] == x.channels && bias.map { $0.shape == [weight.channels] } ?? true,
            "convTranspose2d: input \(x.shape), weight \(weight.shape) and bias \(bias?.shape ?? []) do not fit")
        let (images, channels, kernel) = (x.shape[0], x.channels, weight.shape[1])
        let shape = ConvolutionShape(
            height: (x.shape[1] - 1) * stride - 2 * padding + kernel,
            width: (x.shape[2] - 1) * stride - 2 * padding + kernel, channels: weight.channels,
            positionsHigh: x.shape[1], positionsWide: x.shape[2], kernel: kernel, stride: stride, padding: padding)
        let y = output([images, shape.height, shape.width, shape.channels], from: x, weight, bias)
        Parallel.forEach(images) { image in
            let columns = Scratch(shape.positions * shape.patch)
            Matrix.multiply(
                shape.positions, shape.patch, channels, a: x.data + image * shape.positions * channels, lda: channels,
                b: weight.data, ldb: shape.patch, c: columns.data, ldc: shape.patch)
            let to = y.data + image * shape.imageCount
            to.update(repeating: 0, count: shape.imageCount)
            if let bias { grove_add_row(to, to, bias.data, shape.height * shape.width, shape.channels) }
            shape.fold(columns.data, addingTo: to)
        }
        guard y.requiresGradient else { return y }
        record { Self.convTranspose2dBackward(y, x, weight, bias, shape) }
        return y
    }

    private static func convTranspose2dBackward(
        _ y: Tensor, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ shape: ConvolutionShape
    ) {
        guard let dy = y.gradientIfAny else { return }
        let (images, channels) = (x.shape[0], x.channels)
        if let bias, bias.requiresGradient {
            addColumnSums(of: dy, rows: y.rows, to: bias.gradient(), columns: shape.channels)
        }
        let dx = x.requiresGradient ? x.gradient() : nil
        let parts = Chunks.batchParts(images)
        let partials = weight.requiresGradient ? Scratch(parts * weight.count) : nil
        Chunks.forEachPart(images) { part, range in
            let columns = Scratch(shape.positions * shape.patch)
            for image in range {
                shape.unfold(dy + image * shape.imageCount, into: columns.data)
                if let partials {
                    Matrix.multiply(
                        channels, shape.patch, shape.positions, a: x.data + image * shape.positions * channels,
                        lda: channels, aTransposed: true, b: columns.data, ldb: shape.patch,
                        beta: image == range.lowerBound ? 0 : 1, c: partials.data + part * weight.count,
                        ldc: shape.patch)
                }
                if let dx {
                    Matrix.multiply(
                        shape.positions, channels, shape.patch, a: columns.data, lda: shape.patch, b: weight.data,
                        ldb: shape.patch, bTransposed: true, beta: 1, c: dx + image * shape.positions * channels,
                        ldc: channels)
                }
            }
        }
        if let partials { Chunks.addParts(weight.gradient(), partials.data, parts: parts, count: weight.count) }
    }
}
