import CKernels

/// From the positions back to the strided side.
extension Correlation {
    /// images = kernelᵀ · positions, summed where patches overlap, plus bias; or added to what is there.
    func scatter(
        _ positions: UnsafePointer<Float>, _ kernel: (Tensor, KernelMatrix), bias: Tensor?,
        into images: UnsafeMutablePointer<Float>, accumulate: Bool = false, in graph: Graph
    ) {
        let (weight, matrix) = kernel
        switch Convolution.method(channels: positionChannels, to: channels, self) {
        case .dense:
            let panels = graph.prepared(weight, as: .denseForScatter) { densePanelsForScatter(matrix) }
            denseScatter(positions, panels, bias: bias, into: images, accumulate: accumulate)
        case .winograd:
            let panels = graph.prepared(weight, as: .winogradForScatter) {
                Winograd.transform(matrix.rotated(self), inner: positionChannels, columns: channels)
            }
            winogradForScatter.run(
                positions, panels.data, bias: bias?.data, into: images, accumulate: accumulate)
        case .direct where isCheaperAsGather:
            let panels = graph.prepared(weight, as: .panelsForScatter) { rotatedPanels(matrix) }
            rotated.directGather(positions, panels.data, bias: bias?.data, into: images, accumulate: accumulate)
        case .direct:
            let panels = graph.prepared(weight, as: .panelsForScatter) {
                Product.pack(
                    matrix.data, inner: positionChannels, columns: patch, innerStride: matrix.columnStride,
                    columnStride: matrix.rowStride)
            }
            directScatter(positions, panels.data, bias: bias?.data, into: images, accumulate: accumulate)
        }
    }

    var winogradForScatter: Winograd {
        Winograd(
            images: images, inner: positionChannels, columns: channels, height: positionsHigh, width: positionsWide,
            outHeight: height, outWidth: width, padding: 2 - padding)
    }

    /// With stride 1 the transpose of a convolution is one with the kernel turned by 180 degrees.
    private var rotated: Correlation {
        Correlation(
            images: images, height: positionsHigh, width: positionsWide, channels: positionChannels,
            positionsHigh: height, positionsWide: width, positionChannels: channels, kernel: kernel, stride: 1,
            padding: kernel - 1 - padding)
    }

    /// Whether the rotated convolution beats patches that are computed and added up, counted in multiplications; to
    /// write and add one value of a patch costs about as much as eight of them.
    private var isCheaperAsGather: Bool {
        guard stride == 1, padding < kernel, !isPointwise else { return isPointwise }
        let gathered = height * width * kernel * kernel * positionChannels * Product.padded(channels)
        return gathered <= positions * (positionChannels * Product.padded(patch) + 8 * patch)
    }

    private func rotatedPanels(_ matrix: KernelMatrix) -> Scratch {
        let taps = kernel * kernel
        let inner = taps * positionChannels
        let packed = Scratch(inner * Product.padded(channels))
        for tap in 0..<taps {
            grove_pack_panels(
                packed.data + tap * positionChannels * Product.lanes, inner * Product.lanes,
                matrix.data + (taps - 1 - tap) * channels * matrix.rowStride, positionChannels, channels,
                matrix.columnStride, matrix.rowStride)
        }
        return packed
    }

    /// Patches of a few rows of positions at a time, which stay in the cache until they are added up.
    private func directScatter(
        _ positions: UnsafePointer<Float>, _ panels: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        into images: UnsafeMutablePointer<Float>, accumulate: Bool
    ) {
        let rows = min(positionsHigh, max(1, 32_768 / max(1, positionsWide * patch)))
        let group = Product.itemsPerTask(multiplications: self.positions * (positionChannels + 8) * patch)
        Chunks.forEach(self.images, size: group) { first, count in
            let patches = Scratch(rows * positionsWide * patch)
            for image in first..<first + count {
                let to = images + image * imageCount
                if !accumulate { start(to, bias: bias) }
                for row in Swift.stride(from: 0, to: positionsHigh, by: rows) {
                    let high = min(rows, positionsHigh - row)
                    var left = grove_left.matrix(
                        positions + (image * positionsHigh + row) * positionsWide * positionChannels,
                        rowLength: positionChannels)
                    grove_product(patches.data, patch, high * positionsWide, patch, &left, panels, nil, 0)
                    grove_add_patches(
                        to, patches.data, height, width, channels, kernel, self.stride, padding, row, high,
                        positionsWide)
                }
            }
        }
    }

    /// Zeros, or the bias at every pixel.
    private func start(_ image: UnsafeMutablePointer<Float>, bias: UnsafePointer<Float>?) {
        guard let bias else {
            image.update(repeating: 0, count: imageCount)
            return
        }
        for pixel in 0..<height * width { (image + pixel * channels).update(from: bias, count: channels) }
    }
}

extension KernelMatrix {
    /// The kernel turned by 180 degrees, as `[taps * positionChannels, channels]` for `Winograd.transform`: from the
    /// last tap backwards.
    func rotated(_ shape: Correlation) -> Winograd.Kernel {
        Winograd.Kernel(
            data: data + 8 * shape.channels * rowStride, tapStride: -shape.channels * rowStride,
            innerStride: columnStride, columnStride: rowStride)
    }
}
