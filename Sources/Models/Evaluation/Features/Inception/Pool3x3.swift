import Neural

/// Pools over 3×3 windows of `[N, H, W, C]`, for evaluation only.
enum Pool3x3 {
    /// The largest value; what is outside does not count.
    static func largest(_ x: Tensor, stride: Int, padding: Int) -> Tensor {
        pooled(x, stride: stride, padding: padding, start: -.infinity) { target, source, channels in
            for c in 0..<channels { target[c] = max(target[c], source[c]) }
        }
    }

    /// The mean with stride 1 and one pixel of padding: over nine, or over those inside.
    static func mean(_ x: Tensor, countsPadding: Bool) -> Tensor {
        let y = pooled(x, stride: 1, padding: 1, start: 0) { target, source, channels in
            for c in 0..<channels { target[c] += source[c] }
        }
        let (height, width, channels) = (x.shape[1], x.shape[2], x.channels)
        func inside(_ position: Int, _ count: Int) -> Int { min(position + 1, count - 1) - max(position - 1, 0) + 1 }
        Parallel.forEach(x.shape[0] * height) { line in
            for column in 0..<width {
                let terms = countsPadding ? 9 : inside(line % height, height) * inside(column, width)
                let mean = y.data + (line * width + column) * channels
                for c in 0..<channels { mean[c] /= Float(terms) }
            }
        }
        return y
    }

    private static func pooled(
        _ x: Tensor, stride: Int, padding: Int, start: Float,
        _ add: (UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int) -> Void
    ) -> Tensor {
        let (height, width, channels) = (x.shape[1], x.shape[2], x.channels)
        let high = (height + 2 * padding - 3) / stride + 1
        let wide = (width + 2 * padding - 3) / stride + 1
        let y = Tensor([x.shape[0], high, wide, channels])
        Parallel.forEach(x.shape[0] * high) { line in
            let (image, row) = line.quotientAndRemainder(dividingBy: high)
            for column in 0..<wide {
                let target = y.data + (line * wide + column) * channels
                target.update(repeating: start, count: channels)
                let (top, left) = (row * stride - padding, column * stride - padding)
                for sourceRow in max(top, 0)..<min(top + 3, height) {
                    for sourceColumn in max(left, 0)..<min(left + 3, width) {
                        add(target, x.data + ((image * height + sourceRow) * width + sourceColumn) * channels, channels)
                    }
                }
            }
        }
        return y
    }
}
