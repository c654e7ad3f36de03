import CKernels

/// 3x3 kernels on images of at most 2x2 pixels, where a tree of many small networks spends its time: padding would be
/// most of every patch, so the convolution is written out as one matrix from all values of an image to all others.
extension Correlation {
    /// Values of an image on either side.
    private var denseInner: Int { positions * channels }
    private var denseColumns: Int { positions * positionChannels }

    /// Calls `body(input pixel, output pixel, tap)` for each pair of pixels.
    private func forEachPair(_ body: (_ from: Int, _ to: Int, _ tap: Int) -> Void) {
        for from in 0..<positions {
            for to in 0..<positions {
                let row = from / width - to / width + 1
                let column = from % width - to % width + 1
                body(from, to, row * 3 + column)
            }
        }
    }

    /// The written-out matrix `[denseInner, denseColumns]`.
    private func denseMatrix(_ kernel: KernelMatrix) -> Scratch {
        let matrix = Scratch(denseInner * denseColumns)
        forEachPair { from, to, tap in
            for channel in 0..<channels {
                let row = matrix.data + (from * channels + channel) * denseColumns + to * positionChannels
                let source = kernel.data + (tap * channels + channel) * kernel.rowStride
                for out in 0..<positionChannels { row[out] = source[out * kernel.columnStride] }
            }
        }
        return matrix
    }

    func densePanels(_ kernel: KernelMatrix) -> Scratch {
        let matrix = denseMatrix(kernel)
        return Product.pack(
            matrix.data, inner: denseInner, columns: denseColumns, innerStride: denseColumns,
            columnStride: 1)
    }

    func densePanelsForScatter(_ kernel: KernelMatrix) -> Scratch {
        let matrix = denseMatrix(kernel)
        return Product.pack(
            matrix.data, inner: denseColumns, columns: denseInner, innerStride: 1,
            columnStride: denseColumns)
    }

    func denseGather(
        _ images: UnsafePointer<Float>, _ panels: UnsafePointer<Float>, bias: Tensor?,
        into positions: UnsafeMutablePointer<Float>,
        accumulate: Bool
    ) {
        let repeated = Scratch(repeating: bias, self.positions)
        Product.rows(
            self.images, inner: denseInner, columns: denseColumns, images, panels,
            bias: bias == nil ? nil : UnsafePointer(repeated.data),
            into: positions, accumulate: accumulate)
    }

    func denseScatter(
        _ positions: UnsafePointer<Float>, _ panels: UnsafePointer<Float>, bias: Tensor?,
        into images: UnsafeMutablePointer<Float>,
        accumulate: Bool
    ) {
        let repeated = Scratch(repeating: bias, self.positions)
        Product.rows(
            self.images, inner: denseColumns, columns: denseInner, positions, panels,
            bias: bias == nil ? nil : UnsafePointer(repeated.data),
            into: images, accumulate: accumulate)
    }

    func denseWeightGradient(
        _ images: UnsafePointer<Float>, _ positions: UnsafePointer<Float>, to gradient: KernelGradient
    ) {
        let dense = Scratch(denseInner * denseColumns)
        dense.data.update(repeating: 0, count: denseInner * denseColumns)
        Product.addTransposed(
            rows: self.images, inner: denseInner, columns: denseColumns, images, positions, to: dense.data)
        gradient.adding(rows: patch, columns: positionChannels) { matrix in
            forEachPair { from, to, tap in
                grove_add_columns(
                    matrix + tap * channels * positionChannels, positionChannels,
                    dense.data + from * channels * denseColumns + to * positionChannels, denseColumns, channels,
                    positionChannels)
            }
        }
    }
}
