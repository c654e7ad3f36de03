import CKernels

/// The gradient of the kernel. Lanes share it out by its own rows, never by the batch, so each value is one sum over
/// images and positions in their order.
extension Correlation {
    /// gradient += patches of images ᵀ · positions. Either side may be the gradient that came from above.
    func addWeightGradient(
        _ images: UnsafePointer<Float>, _ positions: UnsafePointer<Float>, to gradient: KernelGradient
    ) {
        switch Convolution.weightGradientMethod(self) {
        case .dense:
            denseWeightGradient(images, positions, to: gradient)
        case .winograd:
            winogradForGather.addWeightGradient(images, positions, to: gradient)
        case .direct:
            gradient.adding(rows: patch, columns: positionChannels) { matrix in
                guard isPointwise else { return directWeightGradient(images, positions, matrix) }
                Product.addTransposed(
                    rows: self.images * self.positions, inner: channels, columns: positionChannels, images, positions,
                    to: matrix)
            }
        }
    }

    /// A product whose rows are the values of a patch, and whose sum runs over images and positions.
    private func directWeightGradient(
        _ images: UnsafePointer<Float>, _ positions: UnsafePointer<Float>, _ matrix: UnsafeMutablePointer<Float>
    ) {
        let frame = Frame(self)
        let offsets = frame.tapOffsets(self)
        let group = max(1, Product.cachedValues / (frame.count + self.positions * Product.padded(positionChannels)))
        for first in Swift.stride(from: 0, to: self.images, by: group) {
            let count = min(group, self.images - first)
            let inner = count * self.positions
            let framed = Scratch(padding > 0 ? count * frame.count : 0)
            let panels = Scratch(inner * Product.padded(positionChannels))
            Chunks.forEach(count, size: max(1, Chunks.elements / frame.count)) { image, some in
                if padding > 0 {
                    frame.fill(images + (first + image) * imageCount, images: some, into: framed.data + image * frame.count)
                }
                grove_pack_panels(
                    panels.data + image * self.positions * Product.lanes, inner * Product.lanes,
                    positions + (first + image) * self.positions * positionChannels, some * self.positions,
                    positionChannels, positionChannels, 1)
            }
            let base = padding > 0 ? UnsafePointer(framed.data) : images + first * imageCount
            offsets.withUnsafeBufferPointer { offsets in
                guard let taps = offsets.baseAddress else { return }
                Product.forEachRowBlock(patch, multiplications: inner * Product.padded(positionChannels)) { row, height in
                    var left = grove_left(
                        base: base, rows: taps + row, row_stride: 0, blocks: count, block_stride: frame.count,
                        segments: positionsHigh, segment_stride: stride * frame.width * channels,
                        length: positionsWide, step: stride * channels)
                    grove_product(
                        matrix + row * positionChannels, positionChannels, height, positionChannels, &left, panels.data,
                        nil, 1)
                }
            }
        }
    }
}
