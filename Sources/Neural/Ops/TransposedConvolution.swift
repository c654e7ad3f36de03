import CKernels

extension Graph {
    /// Transposed convolution of `[n, h, w, in]` with a weight `[in, k, k, out]`: `[n, h', w', out]`,
    /// h' = (h - 1) stride - 2 padding + k.
    package func convTranspose2d(_ x: Tensor, weight: Tensor, bias: Tensor?, stride: Int, padding: Int) -> Tensor {
        precondition(
            x.shape.count == 4 && weight.shape.count == 4 && weight.shape[1] == weight.shape[2]
                && weight.shape[0] == x.channels && bias.map { $0.shape == Shape(weight.channels) } ?? true,
            "convTranspose2d: input \(x.shape), weight \(weight.shape) and bias \(bias?.shape ?? []) do not fit")
        let kernel = weight.shape[1]
        let shape = Correlation(
            images: x.shape[0], height: (x.shape[1] - 1) * stride - 2 * padding + kernel,
            width: (x.shape[2] - 1) * stride - 2 * padding + kernel, channels: weight.channels,
            positionsHigh: x.shape[1], positionsWide: x.shape[2], positionChannels: x.channels, kernel: kernel,
            stride: stride, padding: padding)
        onConvolution?(shape, true)
        let y = output(Shape(shape.images, shape.height, shape.width, shape.channels), from: x, weight, bias)
        shape.scatter(
            x.data, (weight, .transposedConvolution(weight)), bias: bias, into: .images(y.data, adding: nil), in: self)
        guard y.requiresGradient else { return y }
        record((y, x, weight, bias, shape)) { kept, graph in
            let (y, x, weight, bias, shape) = kept
            guard let dy = y.gradientIfAny else { return }
            if let bias, bias.requiresGradient { Graph.addColumnSums(of: dy, rows: y.rows, to: bias) }
            if weight.requiresGradient {
                shape.addWeightGradient(.images(dy), x.data, to: .transposedConvolution(weight))
            }
            if x.requiresGradient {
                let (dx, accumulate) = x.gradientSink()
                shape.gather(
                    .images(dy), (weight, .transposedConvolution(weight)), bias: nil, into: dx,
                    adding: accumulate ? UnsafePointer(dx) : nil, in: graph)
            }
        }
        return y
    }
}
