/// A kernel's values as the matrix `[patch, positionChannels]`, whose rows are (kernel row, kernel column, channel).
struct KernelMatrix {
    let data: UnsafePointer<Float>
    let rowStride: Int
    let columnStride: Int

    /// A weight `[k, k, in, out]`.
    static func convolution(_ weight: Tensor) -> KernelMatrix {
        KernelMatrix(data: weight.data, rowStride: weight.channels, columnStride: 1)
    }

    /// A weight `[in, k, k, out]`.
    static func transposedConvolution(_ weight: Tensor) -> KernelMatrix {
        KernelMatrix(data: weight.data, rowStride: 1, columnStride: weight.count / weight.shape[0])
    }

    /// From channels to position channels.
    func taps(_ shape: Correlation) -> KernelTaps {
        KernelTaps(
            data: data, tapStride: shape.channels * rowStride, innerStride: rowStride, columnStride: columnStride)
    }

    /// From position channels to channels, the kernel turned by 180 degrees: from the last tap backwards.
    func rotatedTaps(_ shape: Correlation) -> KernelTaps {
        let tapStride = shape.channels * rowStride
        return KernelTaps(
            data: data + (shape.kernel * shape.kernel - 1) * tapStride, tapStride: -tapStride,
            innerStride: columnStride, columnStride: rowStride)
    }
}

/// A kernel as a matrix `[inner, columns]` for each tap, wherever its elements lie.
struct KernelTaps {
    let data: UnsafePointer<Float>
    let tapStride: Int
    let innerStride: Int
    let columnStride: Int
}

/// Where a kernel's gradient is added up, in the layout of `KernelMatrix`.
struct KernelGradient {
    let data: UnsafeMutablePointer<Float>
    let rowStride: Int
    let columnStride: Int
    /// Whether there are values to add to; else they are undefined until they are set.
    let accumulate: Bool

    /// Of a weight `[k, k, in, out]`.
    static func convolution(_ weight: Tensor) -> KernelGradient {
        let (data, accumulate) = weight.gradientSink()
        return KernelGradient(data: data, rowStride: weight.channels, columnStride: 1, accumulate: accumulate)
    }

    /// Of a weight `[in, k, k, out]`.
    static func transposedConvolution(_ weight: Tensor) -> KernelGradient {
        let (data, accumulate) = weight.gradientSink()
        return KernelGradient(
            data: data, rowStride: 1, columnStride: weight.count / weight.shape[0], accumulate: accumulate)
    }

    /// Gives `body` a matrix `[rows, columns]` to add to: the gradient itself, or one that is added to it transposed.
    func adding(rows: Int, columns: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
        if !accumulate { data.update(repeating: 0, count: rows * columns) }
        guard columnStride != 1 || rowStride != columns else { return body(data) }
        let matrix = Scratch(rows * columns)
        matrix.data.update(repeating: 0, count: rows * columns)
        body(matrix.data)
        for column in 0..<columns {
            for row in 0..<rows {
                data[row * rowStride + column * columnStride] += matrix.data[row * columns + column]
            }
        }
    }
}
