import CKernels

/// The gradient of the kernel.
extension Correlation {
    /// The kernel's gradient as `[patch, positionChannels]`: patches of images ᵀ · positions, summed over the batch in
    /// fixed parts and in a fixed order. Either side may be the gradient that came from above.
    func weightGradient(
        _ images: UnsafePointer<Float>, _ positions: UnsafePointer<Float>,
        addingTo gradient: UnsafeMutablePointer<Float>
    ) {
        let count = patch * positionChannels
        let parts = Chunks.batchParts(isPointwise ? self.images * self.positions : self.images)
        let partials = Scratch(parts * count)
        switch Convolution.method(channels: channels, to: positionChannels, self) {
        case .dense:
            denseWeightGradient(images, positions, partials: partials.data)
        case .winograd:
            winogradForGather.weightGradient(images, positions, partials: partials.data)
        case .direct:
            if isPointwise {
                Product.transposedParts(
                    rows: self.images * self.positions, inner: channels, columns: positionChannels, images, positions,
                    partials: partials.data)
            } else {
                directWeightGradient(images, positions, partials: partials.data)
            }
        }
        Chunks.addParts(gradient, partials.data, parts: parts, count: count)
    }

    /// One product an image group: the rows are the values of a patch, the sum runs over images and positions.
    private func directWeightGradient(
        _ images: UnsafePointer<Float>, _ positions: UnsafePointer<Float>, partials: UnsafeMutablePointer<Float>
    ) {
        let frame = Frame(self)
        let offsets = frame.tapOffsets(self)
        let group = max(1, 512 / self.positions)
        offsets.withUnsafeBufferPointer { offsets in
            Chunks.forEachPart(self.images) { part, range in
                let panels = Scratch(min(group, range.count) * self.positions * Product.padded(positionChannels))
                for first in Swift.stride(from: range.lowerBound, to: range.upperBound, by: group) {
                    let count = min(group, range.upperBound - first)
                    let inner = count * self.positions
                    grove_pack_panels(
                        panels.data, inner * Product.lanes, positions + first * self.positions * positionChannels,
                        inner,
                        positionChannels, positionChannels, 1)
                    let framed = frame.fill(images + first * imageCount, images: count)
                    let base = framed.map { UnsafePointer($0.data) } ?? images + first * imageCount
                    var left = grove_left(
                        base: base, rows: offsets.baseAddress, row_stride: 0, blocks: count, block_stride: frame.count,
                        segments: positionsHigh, segment_stride: stride * frame.width * channels,
                        length: positionsWide, step: stride * channels)
                    grove_product(
                        partials + part * patch * positionChannels, positionChannels, patch, positionChannels, &left,
                        panels.data, nil, first == range.lowerBound ? 0 : 1)
                }
            }
        }
    }
}
