import CKernels

/// The gradient of the kernel.
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
        let width = Product.padded(positionChannels)
        let group = max(1, Product.cachedValues / (frame.count + self.positions * width))
        let parts = min(self.images, Chunks.parts(terms: self.images * self.positions, perPart: 512))
        frame.tapOffsets().withUnsafeBufferPointer { offsets in
            guard let taps = offsets.baseAddress else { return }
            Chunks.addParts(parts, of: self.images, to: matrix, count: patch * positionChannels) {
                range, sum, isAlone in
                let framed = Scratch(padding > 0 ? min(group, range.count) * frame.count : 0)
                let panels = Scratch(min(group, range.count) * self.positions * width)
                for first in Swift.stride(from: range.lowerBound, to: range.upperBound, by: group) {
                    let count = min(group, range.upperBound - first)
                    let inner = count * self.positions
                    var base = images + first * imageCount
                    if padding > 0 {
                        frame.fill(base, images: count, into: framed.data)
                        base = UnsafePointer(framed.data)
                    }
                    grove_pack_panels(
                        panels.data, inner * Product.lanes, positions + first * self.positions * positionChannels,
                        inner, positionChannels, positionChannels, 1)
                    Product.forEachRowBlock(patch, multiplications: inner * width, spread: isAlone) { row, height in
                        var left = grove_left(
                            base: base, rows: taps + row, row_stride: 0, blocks: count, block_stride: frame.count,
                            segments: positionsHigh, segment_stride: stride * frame.width * channels,
                            length: positionsWide, step: stride * channels)
                        grove_product(
                            sum + row * positionChannels, positionChannels, height, positionChannels, &left,
                            panels.data, nil, 1)
                    }
                }
            }
        }
    }
}
