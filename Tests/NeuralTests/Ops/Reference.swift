import Glibc

/// Every operation as its definition says, in doubles and without any care for speed.
enum Reference {
    static func conv2d(_ x: Array64, _ w: Array64, _ bias: Array64?, stride: Int, padding: Int) -> Array64 {
        let kernel = w.shape[0]
        let (high, wide) = (
            (x.shape[1] + 2 * padding - kernel) / stride + 1, (x.shape[2] + 2 * padding - kernel) / stride + 1
        )
        var y = Array64(zeros: [x.shape[0], high, wide, w.channels])
        forEachPixel(y) { image, oy, ox in
            for out in 0..<w.channels {
                var total = bias?.values[out] ?? 0
                for ky in 0..<kernel {
                    for kx in 0..<kernel {
                        let (iy, ix) = (oy * stride + ky - padding, ox * stride + kx - padding)
                        guard 0..<x.shape[1] ~= iy, 0..<x.shape[2] ~= ix else { continue }
                        for c in 0..<x.channels { total += x[image, iy, ix, c] * w[ky, kx, c, out] }
                    }
                }
                y[image, oy, ox, out] = total
            }
        }
        return y
    }

    static func convTranspose2d(_ x: Array64, _ w: Array64, _ bias: Array64?, stride: Int, padding: Int) -> Array64 {
        let (kernel, out) = (w.shape[1], w.channels)
        let (high, wide) = (
            (x.shape[1] - 1) * stride - 2 * padding + kernel, (x.shape[2] - 1) * stride - 2 * padding + kernel
        )
        var y = Array64(zeros: [x.shape[0], high, wide, out])
        for index in y.values.indices { y.values[index] = bias?.values[index % out] ?? 0 }
        forEachPixel(x) { image, iy, ix in
            for ky in 0..<kernel {
                for kx in 0..<kernel {
                    let (oy, ox) = (iy * stride + ky - padding, ix * stride + kx - padding)
                    guard 0..<high ~= oy, 0..<wide ~= ox else { continue }
                    for c in 0..<x.channels {
                        for o in 0..<out { y[image, oy, ox, o] += x[image, iy, ix, c] * w[c, ky, kx, o] }
                    }
                }
            }
        }
        return y
    }

    static func linear(_ x: Array64, _ w: Array64, _ bias: Array64?) -> Array64 {
        var y = Array64(zeros: x.shape.dropLast() + [w.channels])
        for row in 0..<x.rows {
            for out in 0..<w.channels {
                y[row, out] = (0..<x.channels).reduce(bias?.values[out] ?? 0) { $0 + x[row, $1] * w[$1, out] }
            }
        }
        return y
    }

    static func batchNorm(_ x: Array64, _ weight: Array64, _ bias: Array64) -> Array64 {
        var y = x
        for channel in 0..<x.channels {
            let column = (0..<x.rows).map { x[$0, channel] }
            let (mean, variance) = moments(column)
            for row in 0..<x.rows {
                y[row, channel] =
                    (x[row, channel] - mean) / (variance + 1e-5).squareRoot() * weight.values[channel]
                    + bias.values[channel]
            }
        }
        return y
    }

    static func groupNorm(
        _ x: Array64, groups: Int, _ weight: Array64, _ bias: Array64, scale: Array64?, shift: Array64?, silu: Bool
    ) -> Array64 {
        var y = x
        let width = x.channels / groups
        let pixels = x.rows / x.shape[0]
        for image in 0..<x.shape[0] {
            let rows = image * pixels..<(image + 1) * pixels
            for group in 0..<groups {
                let channels = group * width..<(group + 1) * width
                let (mean, variance) = moments(rows.flatMap { row in channels.map { x[row, $0] } })
                for row in rows {
                    for c in channels {
                        var value = (x[row, c] - mean) / (variance + 1e-5).squareRoot() * weight.values[c]
                        value += bias.values[c]
                        if let scale, let shift { value = value * (1 + scale[image, c]) + shift[image, c] }
                        y[row, c] = silu ? value * sigmoid(value) : value
                    }
                }
            }
        }
        return y
    }

    static func attention(_ qkv: Array64, heads: Int) -> Array64 {
        let (tokens, width) = (qkv.shape[1], qkv.channels / (3 * heads))
        var y = Array64(zeros: [qkv.shape[0], tokens, heads * width])
        for image in 0..<qkv.shape[0] {
            for head in 0..<heads {
                for token in 0..<tokens {
                    let scores = (0..<tokens).map { other in
                        (0..<width).reduce(0.0) { total, c in
                            total + qkv[image * tokens + token, head * 3 * width + c]
                                * qkv[image * tokens + other, head * 3 * width + width + c]
                        } / Double(width).squareRoot()
                    }
                    let total = scores.reduce(0) { $0 + exp($1) }
                    for c in 0..<width {
                        y[image * tokens + token, head * width + c] = (0..<tokens).reduce(0) {
                            $0 + exp(scores[$1]) / total * qkv[image * tokens + $1, head * 3 * width + 2 * width + c]
                        }
                    }
                }
            }
        }
        return y
    }

    static func averagePool(_ x: Array64) -> Array64 {
        resampled(x, [(x.shape[1] + 1) / 2, (x.shape[2] + 1) / 2]) { image, oy, ox, c in
            var total = 0.0
            for ky in -1...1 {
                for kx in -1...1 { total += x.padded(image, 2 * oy + ky, 2 * ox + kx, c) / 9 }
            }
            return total
        }
    }

    static func spatialMean(_ x: Array64) -> Array64 {
        var y = Array64(zeros: [x.shape[0], x.channels])
        let pixels = x.shape[1] * x.shape[2]
        for row in 0..<x.rows {
            for c in 0..<x.channels { y[row / pixels, c] += x[row, c] / Double(pixels) }
        }
        return y
    }

    static func crossEntropy(_ logits: Array64, labels: [Int]) -> Double {
        let losses = labels.enumerated().map { row, label in
            let weights = (0..<logits.channels).map { exp(logits[row, $0]) }
            return -log(weights[label] / weights.reduce(0, +))
        }
        return losses.reduce(0, +) / Double(labels.count)
    }

    static func bilinear(_ x: Array64) -> Array64 {
        resampled(x, [2 * x.shape[1], 2 * x.shape[2]]) { image, oy, ox, c in
            let (y, x0) = (max(0, (Double(oy) + 0.5) / 2 - 0.5), max(0, (Double(ox) + 0.5) / 2 - 0.5))
            let (top, left) = (Int(y), Int(x0))
            let (bottom, right) = (min(top + 1, x.shape[1] - 1), min(left + 1, x.shape[2] - 1))
            let (fy, fx) = (y - Double(top), x0 - Double(left))
            return (1 - fy) * ((1 - fx) * x[image, top, left, c] + fx * x[image, top, right, c])
                + fy * ((1 - fx) * x[image, bottom, left, c] + fx * x[image, bottom, right, c])
        }
    }

    static func nearest(_ x: Array64) -> Array64 {
        resampled(x, [2 * x.shape[1], 2 * x.shape[2]]) { image, oy, ox, c in x[image, oy / 2, ox / 2, c] }
    }

    static func pad(_ x: Array64, _ n: Int) -> Array64 {
        resampled(x, [x.shape[1] + 2 * n, x.shape[2] + 2 * n]) { image, oy, ox, c in
            x.padded(image, oy - n, ox - n, c)
        }
    }

    static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    /// The new image's value at each pixel and channel; `size` is its height and width.
    private static func resampled(
        _ x: Array64, _ size: [Int], _ value: (_ image: Int, _ y: Int, _ x: Int, _ channel: Int) -> Double
    ) -> Array64 {
        var y = Array64(zeros: [x.shape[0]] + size + [x.channels])
        forEachPixel(y) { image, oy, ox in
            for c in 0..<x.channels { y[image, oy, ox, c] = value(image, oy, ox, c) }
        }
        return y
    }

    private static func forEachPixel(_ x: Array64, _ body: (_ image: Int, _ y: Int, _ x: Int) -> Void) {
        for image in 0..<x.shape[0] {
            for y in 0..<x.shape[1] {
                for column in 0..<x.shape[2] { body(image, y, column) }
            }
        }
    }

    private static func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
        let mean = values.reduce(0, +) / Double(values.count)
        return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
    }
}
