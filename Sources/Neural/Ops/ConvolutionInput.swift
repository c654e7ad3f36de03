/// What a convolution reads: images where they lie, or images that are made from others when they are needed, so that
/// they never leave the cache.
enum ConvolutionInput {
    case images(UnsafePointer<Float>)
    case normalised(GroupNormPass)

    /// Gives `body` some images of `count` values, one after another; for use on one core.
    func read(_ range: Range<Int>, count: Int, _ body: (UnsafePointer<Float>) -> Void) {
        switch self {
        case .images(let images): body(images + range.lowerBound * count)
        case .normalised(let pass):
            let made = Scratch(range.count * count)
            for image in range { pass.write(image, to: made.data + (image - range.lowerBound) * count) }
            body(made.data)
        }
    }

    /// The same, made on all cores.
    func readTogether(_ range: Range<Int>, count: Int, _ body: (UnsafePointer<Float>) -> Void) {
        switch self {
        case .images(let images): body(images + range.lowerBound * count)
        case .normalised(let pass):
            let made = Scratch(range.count * count)
            pass.write(range, to: made.data)
            body(made.data)
        }
    }

    func readAll(_ images: Int, count: Int, _ body: (UnsafePointer<Float>) -> Void) {
        readTogether(0..<images, count: count, body)
    }
}

/// Where a convolution's result goes: to images, with others added on the way, or, as the gradient of normalised images,
/// on to what they were made from.
enum ConvolutionResult {
    /// `adding` may be the images themselves.
    case images(UnsafeMutablePointer<Float>, adding: UnsafePointer<Float>?)
    case gradientOfNormalised(GroupNormGradient)

    /// Gives `body` the place of some images and of what is added to them; for use on one core.
    func write(
        _ range: Range<Int>, count: Int, _ body: (UnsafeMutablePointer<Float>, UnsafePointer<Float>?) -> Void
    ) {
        switch self {
        case .images(let images, let residual):
            let offset = range.lowerBound * count
            body(images + offset, residual.map { $0 + offset })
        case .gradientOfNormalised(let gradient):
            let lent = Scratch(range.count * count)
            body(lent.data, nil)
            for image in range { gradient.take(lent.data + (image - range.lowerBound) * count, image: image) }
        }
    }

    /// The same for all images, whose work `body` spreads over the cores.
    func writeAll(_ images: Int, count: Int, _ body: (UnsafeMutablePointer<Float>, UnsafePointer<Float>?) -> Void) {
        switch self {
        case .images(let images, let residual): body(images, residual)
        case .gradientOfNormalised(let gradient):
            let lent = Scratch(images * count)
            body(lent.data, nil)
            Parallel.forEach(images) { image in gradient.take(lent.data + image * count, image: image) }
        }
    }

    /// For methods that can only set images or add to them: what is added stands there first.
    func writeInPlace(_ images: Int, count: Int, _ body: (UnsafeMutablePointer<Float>, _ accumulate: Bool) -> Void) {
        writeAll(images, count: count) { y, residual in
            if let residual, residual != UnsafePointer(y) {
                Chunks.forEach(images * count) { start, length in
                    (y + start).update(from: residual + start, count: length)
                }
            }
            body(y, residual != nil)
        }
    }
}
