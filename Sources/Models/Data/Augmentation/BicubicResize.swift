import Neural

/// Bicubic resampling as Pillow does it, which is what torchvision's transforms of images use: Keys' kernel with
/// a = −1/2, stretched where an axis shrinks (so that nothing aliases), its weights normalised at the edges.
enum BicubicResize {
    /// The weights by which positions of a source axis make up those of the target.
    private struct Taps: ~Copyable {
        private let source: Int
        private let ratio: Double
        private let stretch: Double
        /// No position needs more.
        private let most: Int
        private let weights: Scratch

        init(from source: Int, to target: Int) {
            self.source = source
            ratio = Double(source) / Double(target)
            stretch = max(ratio, 1)
            most = Int(4 * stretch) + 2
            weights = Scratch(target * most)
            for position in 0..<target {
                let range = range(position)
                let total = range.reduce(0) { $0 + weight(of: $1, at: position) }
                for (offset, index) in range.enumerated() {
                    weights.data[position * most + offset] = Float(weight(of: index, at: position) / total)
                }
            }
        }

        /// Source positions that make up a target position.
        func range(_ position: Int) -> Range<Int> {
            let (centre, support) = (centre(position), 2 * stretch)
            return max(Int(centre - support + 0.5), 0)..<min(Int(centre + support + 0.5), source)
        }

        /// Sets `stride` values of a target position, side by side; the source positions' lie as far apart.
        func blend(
            _ values: UnsafePointer<Float>, stride: Int, at position: Int, into output: UnsafeMutablePointer<Float>
        ) {
            let range = range(position)
            let weights = weights.data + position * most - range.lowerBound
            for value in 0..<stride {
                var sum: Float = 0
                for index in range { sum += weights[index] * values[index * stride + value] }
                output[value] = min(max(sum, 0), 1)
            }
        }

        private func centre(_ position: Int) -> Double { (Double(position) + 0.5) * ratio }

        private func weight(of index: Int, at position: Int) -> Double {
            BicubicResize.kernel((Double(index) - centre(position) + 0.5) / stretch)
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
    ///
    /// - Parameter output: may be the image itself, which is read before anything is written.
    static func resize(
        _ image: UnsafePointer<Float>, imageWidth: Int, channels: Int, crop: CropRectangle, height: Int, width: Int,
        into output: UnsafeMutablePointer<Float>
    ) {
        let columns = Taps(from: crop.width, to: width)
        let rows = Taps(from: crop.height, to: height)
        let stride = width * channels
        let narrowed = Scratch(crop.height * stride)
        for row in 0..<crop.height {
            let line = image + ((crop.top + row) * imageWidth + crop.left) * channels
            let narrow = narrowed.data + row * stride
            for column in 0..<width {
                columns.blend(line, stride: channels, at: column, into: narrow + column * channels)
            }
        }
        for row in 0..<height { rows.blend(narrowed.data, stride: stride, at: row, into: output + row * stride) }
    }
}
