import CKernels

/// Images normalised per group of channels: statistics are taken at once, values are written where and when they are
/// needed. The images may come in parts, each with some of the channels, as skips of a U-Net do.
struct GroupNormPass {
    let parts: Parts
    let map: ChannelMap
    let silu: Bool
    let images: Int
    let pixels: Int
    let channels: Int
    /// Per image: mean, 1 / sqrt(variance + eps), gain and offset of each channel, so that u = (x - mean) gain +
    /// offset.
    private let maps: Tensor

    init(of parts: Parts, _ map: ChannelMap, silu: Bool, in graph: Graph) {
        let first = parts.first
        precondition(first.shape.count >= 2, "groupNorm: shape \(first.shape) has no channels")
        self.parts = parts
        self.map = map
        self.silu = silu
        images = first.shape[0]
        pixels = first.rows / images
        channels = parts.channels
        map.check(images, channels)
        maps = graph.tensor(Shape(images, 4, channels))
        measure()
    }

    /// Values of an image.
    var imageCount: Int { pixels * channels }

    /// Mean, inverse deviation, gain and offset of an image's channels.
    func coefficients(_ image: Int) -> GroupNormCoefficients {
        let base = maps.data + image * 4 * channels
        return GroupNormCoefficients(
            mean: base, inverse: base + channels, gain: base + 2 * channels, offset: base + 3 * channels)
    }

    // MARK: Statistics

    /// Pixels whose sums are taken in one task; a function of the shape, so that sums do not depend on the cores.
    private var pixelsPerPiece: Int { max(1, Chunks.elements / channels) }

    private func measure() {
        let (size, width) = (pixelsPerPiece, 2 * channels)
        let pieces = (pixels + size - 1) / size
        let sums = Scratch(doubles: images * pieces * width)
        Parallel.forEach(images * pieces) { index in
            let (image, first) = (index / pieces, index % pieces * size)
            let own = sums.doubles + index * width
            own.update(repeating: 0, count: width)
            parts.forEach { part, channel in
                let values = part.data + image * pixels * part.channels
                grove_column_moments_about(
                    own + channel, own + channels + channel, values, values + first * part.channels,
                    min(size, pixels - first), part.channels)
            }
        }
        for image in 0..<images { setCoefficients(image, sums.doubles + image * pieces * width, pieces) }
    }

    /// From sums about each channel's first pixel, which keep their digits where values hardly differ.
    private func setCoefficients(_ image: Int, _ sums: UnsafeMutablePointer<Double>, _ pieces: Int) {
        for piece in 1..<max(1, pieces) {
            for index in 0..<2 * channels { sums[index] += sums[piece * 2 * channels + index] }
        }
        let own = coefficients(image)
        parts.forEach { part, channel in
            (own.mean + channel).update(from: part.data + image * pixels * part.channels, count: part.channels)
        }
        let (width, n) = (channels / map.groups, Double(pixels))
        for group in 0..<map.groups {
            let members = group * width..<(group + 1) * width
            let total = members.reduce(0.0) { $0 + n * Double(own.mean[$1]) + sums[$1] }
            let average = total / (n * Double(width))
            let squares = members.reduce(0.0) {
                let pivot = Double(own.mean[$1]) - average
                return $0 + sums[channels + $1] + pivot * (2 * sums[$1] + n * pivot)
            }
            let variance = max(0, squares / (n * Double(width)))
            let inverse = Float(1 / (variance + Double(map.eps)).squareRoot())
            for c in members {
                let factor = map.factor(image * channels + c)
                own.mean[c] = Float(average)
                own.inverse[c] = inverse
                own.gain[c] = inverse * map.weight.data[c] * factor
                own.offset[c] = map.bias.data[c] * factor + (map.shift.map { $0.data[image * channels + c] } ?? 0)
            }
        }
    }

    // MARK: Values

    /// Writes one image on this core.
    func write(_ image: Int, to y: UnsafeMutablePointer<Float>) { write(image, 0..<pixels, to: y) }

    /// Writes some images, one after another, on all cores.
    func write(_ range: Range<Int>, to y: UnsafeMutablePointer<Float>) {
        let size = pixelsPerPiece
        let pieces = (pixels + size - 1) / size
        Parallel.forEach(range.count * pieces) { index in
            let (place, first) = (index / pieces, index % pieces * size)
            write(
                range.lowerBound + place, first..<min(first + size, pixels), to: y + (place * pixels + first) * channels
            )
        }
    }

    private func write(_ image: Int, _ range: Range<Int>, to y: UnsafeMutablePointer<Float>) {
        let own = coefficients(image)
        parts.forEach { part, channel in
            grove_normalise_columns(
                y + channel, channels, part.data + (image * pixels + range.lowerBound) * part.channels, part.channels,
                own.mean + channel, own.gain + channel, own.offset + channel, range.count, part.channels, silu ? 1 : 0)
        }
    }
}

/// One image's values for each channel.
struct GroupNormCoefficients {
    let mean: UnsafeMutablePointer<Float>
    let inverse: UnsafeMutablePointer<Float>
    let gain: UnsafeMutablePointer<Float>
    let offset: UnsafeMutablePointer<Float>
}
