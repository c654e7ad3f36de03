import Neural

/// Enlarging images as PyTorch does with `mode="bilinear", align_corners=False` and without antialiasing.
enum BilinearResize {
    /// `[N, H, W, C]` to `[N, side, side, C]`.
    static func resized(_ images: Tensor, to side: Int) -> Tensor {
        let (height, width, channels) = (images.shape[1], images.shape[2], images.channels)
        let rows = positions(from: height, to: side)
        let columns = positions(from: width, to: side)
        let result = Tensor([images.shape[0], side, side, channels])
        Parallel.forEach(images.shape[0] * side) { line in
            let (image, y) = line.quotientAndRemainder(dividingBy: side)
            let upper = images.data + (image * height + rows[y].first) * width * channels
            let lower = images.data + (image * height + rows[y].second) * width * channels
            for (x, column) in columns.enumerated() {
                let target = result.data + (line * side + x) * channels
                for c in 0..<channels {
                    let (left, right) = (column.first * channels + c, column.second * channels + c)
                    let top = upper[left] * (1 - column.share) + upper[right] * column.share
                    let bottom = lower[left] * (1 - column.share) + lower[right] * column.share
                    target[c] = top * (1 - rows[y].share) + bottom * rows[y].share
                }
            }
        }
        return result
    }

    /// The two source pixels of each target pixel, and the share of the second.
    private static func positions(from length: Int, to side: Int) -> [(first: Int, second: Int, share: Float)] {
        let scale = Float(length) / Float(side)
        return (0..<side).map { target in
            let position = max(0, (Float(target) + 0.5) * scale - 0.5)
            let first = min(Int(position), length - 1)
            return (first, min(first + 1, length - 1), position - Float(first))
        }
    }
}
