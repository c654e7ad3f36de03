import CKernels

/// The sizes of one two-dimensional convolution, forward or transposed, over images `[n, h, w, channels]`.
struct ConvolutionShape {
    /// The side with stride: the input of a convolution, the output of a transposed one.
    let height: Int
    let width: Int
    let channels: Int
    /// The side on which every pixel is one position of the kernel.
    let positionsHigh: Int
    let positionsWide: Int
    let kernel: Int
    let stride: Int
    let padding: Int

    /// Pixels times channels of the strided side.
    var imageCount: Int { height * width * channels }
    /// Kernel positions in an image.
    var positions: Int { positionsHigh * positionsWide }
    /// Values under the kernel at one position.
    var patch: Int { kernel * kernel * channels }

    /// The patches of `image` as rows `[positions, patch]`.
    func unfold(_ image: UnsafePointer<Float>, into columns: UnsafeMutablePointer<Float>) {
        grove_im2col(
            columns, image, height, width, channels, kernel, stride, padding, positionsHigh, positionsWide)
    }

    /// Adds rows `[positions, patch]` to the pixels they came from.
    func fold(_ columns: UnsafePointer<Float>, addingTo image: UnsafeMutablePointer<Float>) {
        grove_col2im(
            image, columns, height, width, channels, kernel, stride, padding, positionsHigh, positionsWide)
    }
}

extension Graph {
    /// Convolution of `[n, h, w, in]` with a weight `[k, k, in, out]`: `[n, h', w', out]`, h' = (h + 2 padding - k)
    /// / stride + 1.
    package func conv2d(_ x: Tensor, weight: Tensor, bias: Tensor?, stride: Int = 1, padding: Int) -> Tensor {
        precondition(
            x.shape.count == 4 && weight.shape.count == 4 && weight.shape[0] == weight.shape[1]
                && weight.shape[2] == x.channels && bias.map { $0.shape == [weight.channels] } ?? true,
            "conv2d: input \(x.shape), weight \(weight.shape) and bias \(bias?.shape ?? []) do not fit")
        let (images, out, kernel) = (x.shape[0], weight.channels, weight.shape[0])
        let shape = ConvolutionShape(
            height: x.shape[1], width: x.shape[2], channels: x.channels,
            positionsHigh: (x.shape[1] + 2 * padding - kernel) / stride + 1,
            positionsWide: (x.shape[2] + 2 * padding - kernel) / stride + 1,
            kernel: kernel, stride: stride, padding: padding)
        let y = output([images, shape.positionsHigh, shape.positionsWide, out], from: x, weight, bias)
        Parallel.forEach(images) { image in
            let columns = Scratch(shape.positions * shape.patch)
            shape.unfold(x.data + image * shape.imageCount, into: columns.data)
            let to = y.data + image * shape.positions * out
            Matrix.multiply(
                shape.positions, out, shape.patch, a: columns.data, lda: shape.patch, b: weight.data, ldb: out, c: to,
                ldc: out)
            if let bias { grove_add_row(to, to, bias.data, shape.positions, out) }
        }
        guard y.requiresGradient else { return y }
        record { Self.conv2dBackward(y, x, weight, bias, shape) }
        return y
    }

    private static func conv2dBackward(
        _ y: Tensor, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ shape: ConvolutionShape
    ) {
        guard let dy = y.gradientIfAny else { return }
        let (images, out) = (x.shape[0], weight.channels)
        if let bias, bias.requiresGradient { addColumnSums(of: dy, rows: y.rows, to: bias.gradient(), columns: out) }
        let dx = x.requiresGradient ? x.gradient() : nil
        let parts = Chunks.batchParts(images)
        let partials = weight.requiresGradient ? Scratch(parts * weight.count) : nil
        Chunks.forEachPart(images) { part, range in
            let columns = Scratch(shape.positions * shape.patch)
            for image in range {
                let from = dy + image * shape.positions * out
                if let partials {
                    shape.unfold(x.data + image * shape.imageCount, into: columns.data)
                    Matrix.multiply(
                        shape.patch, out, shape.positions, a: columns.data, lda: shape.patch, aTransposed: true,
                        b: from,
                        ldb: out, beta: image == range.lowerBound ? 0 : 1, c: partials.data + part * weight.count,
                        ldc: out)
                }
                if let dx {
                    Matrix.multiply(
                        shape.positions, shape.patch, out, a: from, lda: out, b: weight.data, ldb: out,
                        bTransposed: true,
                        c: columns.data, ldc: shape.patch)
                    shape.fold(columns.data, addingTo: dx + image * shape.imageCount)
                }
            }
        }
        if let partials { Chunks.addParts(weight.gradient(), partials.data, parts: parts, count: weight.count) }
    }

    /// Adds the sums over rows of a `[rows, columns]` gradient, as a bias needs them.
    static func addColumnSums(
        of dy: UnsafePointer<Float>, rows: Int, to gradient: UnsafeMutablePointer<Float>, columns: Int
    ) {
        let sums = Chunks.columnSums(rows: rows, columns: columns, width: columns) { row, count, sums in
            grove_column_sums(sums, dy + row * columns, count, columns)
        }
        for column in 0..<columns { gradient[column] += Float(sums[column]) }
    }
}
