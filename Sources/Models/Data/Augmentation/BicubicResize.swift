/// Bicubic resampling as Pillow does it, which is what torchvision's transforms of images use: Keys' kernel with
/// a = −1/2, stretched where an axis shrinks (so that nothing aliases), its weights normalised at the edges.
enum BicubicResize {
    /// The weights by which source positions `first`... make up one output position.
    struct Tap {
        let first: Int
        let weights: [Float]
    }

    static func taps(from source: Int, to target: Int) -> [Tap] {
        let ratio = Double(source) / Double(target)
        let stretch = max(ratio, 1)
        let support = 2 * stretch
        return (0..<target).map { position in
            let centre = (Double(position) + 0.5) * ratio
            let first = max(Int(centre - support + 0.5), 0)
            let end = min(Int(centre + support + 0.5), source)
            let weights = (first..<end).map { kernel((Double($0) - centre + 0.5) / stretch) }
            let total = weights.reduce(0, +)
            return Tap(first: first, weights: weights.map { Float($0 / total) })
        }
    }

    /// Keys 1981.
    private static func kernel(_ x: Double) -> Double {
        let a = -0.5
        let distance = abs(x)
        if distance < 1 { return ((a + 2) * distance - (a + 3)) * distance * distance + 1 }
        if distance < 2 { return (((distance - 5) * distance + 8) * distance - 4) * a }
        return 0
    }

    /// Resamples the part of `image` that `crop` names to `height` × `width`; channels side by side. Values are held in
    /// [0, 1], which the kernel's negative lobes would leave.
    static func resize(
        _ image: [Float], imageWidth: Int, channels: Int, crop: CropRectangle, height: Int, width: Int
    ) -> [Float] {
        let columns = taps(from: crop.width, to: width)
        let rows = taps(from: crop.height, to: height)
        var narrowed = [Float](repeating: 0, count: crop.height * width * channels)
        for row in 0..<crop.height {
            let line = ((crop.top + row) * imageWidth + crop.left) * channels
            for (column, tap) in columns.enumerated() {
                for channel in 0..<channels {
                    var sum: Float = 0
                    for (offset, weight) in tap.weights.enumerated() {
                        sum += weight * image[line + (tap.first + offset) * channels + channel]
                    }
                    narrowed[(row * width + column) * channels + channel] = min(max(sum, 0), 1)
                }
            }
        }
        let stride = width * channels
        var result = [Float](repeating: 0, count: height * stride)
        for (row, tap) in rows.enumerated() {
            for position in 0..<stride {
                var sum: Float = 0
                for (offset, weight) in tap.weights.enumerated() {
                    sum += weight * narrowed[(tap.first + offset) * stride + position]
                }
                result[row * stride + position] = min(max(sum, 0), 1)
            }
        }
        return result
    }
}
