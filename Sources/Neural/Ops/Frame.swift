import CKernels

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

    /// Where the patch of every `pixels`-th position in each row of positions begins, for `images` images.
    func patchOffsets(images: Int, every pixels: Int) -> Scratch {
        let offsets = Scratch(images * inner.positions / pixels)
        var next = offsets.integers
        for image in 0..<images {
            for y in 0..<inner.positionsHigh {
                for x in stride(from: 0, to: inner.positionsWide, by: pixels) {
                    next.pointee = Int32(image * count + (y * width + x) * inner.stride * inner.channels)
                    next += 1
                }
            }
        }
        return offsets
    }

    /// Where each value of a patch of `span` kernel columns lies, from the patch's first.
    func tapOffsets(span: Int) -> Scratch {
        let offsets = Scratch(inner.kernel * span * inner.channels)
        for index in 0..<inner.kernel * span * inner.channels {
            let (tap, channel) = (index / inner.channels, index % inner.channels)
            offsets.integers[index] = Int32((tap / span * width + tap % span) * inner.channels + channel)
        }
        return offsets
    }
}
