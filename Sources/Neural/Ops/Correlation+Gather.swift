import CKernels

/// From the strided side to the positions.
extension Correlation {
    /// positions = patches of images · kernel + bias, or added to what is there.
    func gather(
        _ images: UnsafePointer<Float>, _ kernel: (Tensor, KernelMatrix), bias: Tensor?,
        into positions: UnsafeMutablePointer<Float>, accumulate: Bool = false, in graph: Graph
    ) {
        let (weight, matrix) = kernel
        switch Convolution.method(channels: channels, to: positionChannels, self) {
        case .dense:
            let panels = graph.prepared(weight, as: .dense) { densePanels(matrix) }
            denseGather(images, panels, bias: bias, into: positions, accumulate: accumulate)
        case .winograd:
            let panels = graph.prepared(weight, as: .winograd) {
                Winograd.transform(matrix, inner: channels, columns: positionChannels)
            }
            winogradForGather.run(
                images, panels.data, bias: bias?.data, into: positions, accumulate: accumulate)
        case .direct:
            let panels = graph.prepared(weight, as: .panels) {
                Product.pack(
                    matrix.data, inner: patch, columns: positionChannels, innerStride: matrix.rowStride,
                    columnStride: matrix.columnStride)
            }
            directGather(images, panels.data, bias: bias?.data, into: positions, accumulate: accumulate)
        }
    }

    var winogradForGather: Winograd {
        Winograd(
            images: images, inner: channels, columns: positionChannels, height: height, width: width,
            outHeight: positionsHigh, outWidth: positionsWide, padding: padding)
    }

    /// The product of all patches with packed panels; patches are read in place, from a copy with zeros around it where
    /// there is padding.
    func directGather(
        _ images: UnsafePointer<Float>, _ panels: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        into positions: UnsafeMutablePointer<Float>, accumulate: Bool
    ) {
        if isPointwise {
            Product.rows(
                self.images * self.positions, inner: channels, columns: positionChannels, images, panels, bias: bias,
                into: positions, accumulate: accumulate)
            return
        }
        let group = Product.itemsPerTask(
            multiplications: self.positions * patch * Product.padded(positionChannels))
        let frame = Frame(self)
        let offsets = frame.patchOffsets(images: min(group, self.images), self)
        offsets.withUnsafeBufferPointer { offsets in
            Chunks.forEach(self.images, size: group) { first, count in
                let framed = Scratch(padding > 0 ? count * frame.count : 0)
                if padding > 0 { frame.fill(images + first * imageCount, images: count, into: framed.data) }
                let base = padding > 0 ? UnsafePointer(framed.data) : images + first * imageCount
                var left = grove_left(
                    base: base, rows: offsets.baseAddress, row_stride: 0, blocks: 1, block_stride: 0, segments: kernel,
                    segment_stride: frame.width * channels, length: kernel * channels, step: 1)
                grove_product(
                    positions + first * self.positions * positionChannels, positionChannels, count * self.positions,
                    positionChannels, &left, panels, bias, accumulate ? 1 : 0)
            }
        }
    }
}

/// Images with their padding around them.
struct Frame {
    let height: Int
    let width: Int
    private let inner: Correlation

    init(_ shape: Correlation) {
        height = shape.height + 2 * shape.padding
        width = shape.width + 2 * shape.padding
        inner = shape
    }

    /// Values of one framed image.
    var count: Int { height * width * inner.channels }

    /// Copies images into frames of zeros.
    func fill(_ images: UnsafePointer<Float>, images count: Int, into frames: UnsafeMutablePointer<Float>) {
        frames.update(repeating: 0, count: count * self.count)
        let row = inner.width * inner.channels
        for image in 0..<count {
            grove_copy_columns(
                frames + image * self.count + (inner.padding * width + inner.padding) * inner.channels,
                width * inner.channels, images + image * inner.imageCount, row, inner.height, row)
        }
    }

    /// Where the patch of each kernel position of `images` images begins.
    func patchOffsets(images: Int, _ shape: Correlation) -> [Int32] {
        var offsets: [Int32] = []
        offsets.reserveCapacity(images * shape.positions)
        for image in 0..<images {
            for y in 0..<shape.positionsHigh {
                for x in 0..<shape.positionsWide {
                    offsets.append(Int32(image * count + (y * width + x) * shape.stride * shape.channels))
                }
            }
        }
        return offsets
    }

    /// Where each value of a patch lies, from the patch's first.
    func tapOffsets(_ shape: Correlation) -> [Int32] {
        (0..<shape.patch).map { index in
            let (tap, channel) = (index / shape.channels, index % shape.channels)
            return Int32((tap / shape.kernel * width + tap % shape.kernel) * shape.channels + channel)
        }
    }
}
