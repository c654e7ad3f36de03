import CKernels

extension Graph {
    /// Group normalisation (Wu & He 2018) of each image over its pixels and the channels of a group, `x` `[n, h, w,
    /// c]`.
    ///
    /// Then, if given, times (1 + scale) plus shift, both `[n, c]`, and SiLU: what a residual block of the U-Net does
    /// between two convolutions, in one pass.
    package func groupNorm(
        _ x: Tensor, groups: Int, weight: Tensor, bias: Tensor, eps: Float = 1e-5, scale: Tensor? = nil,
        shift: Tensor? = nil, silu: Bool = false
    ) -> Tensor {
        let (images, channels) = (x.shape[0], x.channels)
        precondition(
            x.shape.count >= 2 && channels % groups == 0 && weight.shape == [channels] && bias.shape == [channels],
            "groupNorm: input \(x.shape), \(groups) groups, weight \(weight.shape) and bias \(bias.shape) do not fit")
        precondition(
            (scale == nil) == (shift == nil) && (scale ?? shift)?.shape ?? [images, channels] == [images, channels]
                && scale?.shape == shift?.shape,
            "groupNorm: scale \(scale?.shape ?? []) and shift \(shift?.shape ?? []) must both be [\(images), \(channels)]"
        )
        let y = output(x.shape, from: x, weight, bias, scale, shift)
        let pass = GroupNormPass(
            pixels: x.count / (images * channels), channels: channels, groups: groups, eps: eps, silu: silu, x: x,
            weight: weight, bias: bias, scale: scale, shift: shift)
        Parallel.forEach(images) { image in pass.forward(y.data, image: image) }
        guard y.requiresGradient else { return y }
        record {
            if let dy = y.gradientIfAny { pass.backward(dy, images: images) }
        }
        return y
    }
}

/// One call's inputs and what its backward pass needs of the forward one.
private struct GroupNormPass {
    let pixels: Int
    let channels: Int
    let groups: Int
    let eps: Float
    let silu: Bool
    let x: Tensor
    let weight: Tensor
    let bias: Tensor
    let scale: Tensor?
    let shift: Tensor?
    /// Per image: mean, 1 / sqrt(variance + eps), gain and offset of each channel, so that u = (x - mean) gain +
    /// offset.
    private let maps: Scratch

    init(
        pixels: Int, channels: Int, groups: Int, eps: Float, silu: Bool, x: Tensor, weight: Tensor, bias: Tensor,
        scale: Tensor?, shift: Tensor?
    ) {
        self.pixels = pixels
        self.channels = channels
        self.groups = groups
        self.eps = eps
        self.silu = silu
        self.x = x
        self.weight = weight
        self.bias = bias
        self.scale = scale
        self.shift = shift
        maps = Scratch(x.shape[0] * 4 * channels)
    }

    private func values(_ tensor: Tensor, _ image: Int) -> UnsafeMutablePointer<Float> {
        tensor.data + image * pixels * channels
    }

    func forward(_ y: UnsafeMutablePointer<Float>, image: Int) {
        let map = maps.data + image * 4 * channels
        let (mean, inverse, gain, offset) = (map, map + channels, map + 2 * channels, map + 3 * channels)
        statistics(image, mean, inverse)
        for c in 0..<channels {
            let factor = 1 + (scale.map { $0.data[image * channels + c] } ?? 0)
            gain[c] = inverse[c] * weight.data[c] * factor
            offset[c] = bias.data[c] * factor + (shift.map { $0.data[image * channels + c] } ?? 0)
        }
        grove_normalise(
            y + image * pixels * channels, values(x, image), mean, gain, offset, pixels, channels, silu ? 1 : 0)
    }

    private func statistics(_ image: Int, _ mean: UnsafeMutablePointer<Float>, _ inverse: UnsafeMutablePointer<Float>) {
        let width = channels / groups
        let count = Double(pixels * width)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * channels) { sums in
            guard let base = sums.baseAddress else { return }
            sums.initialize(repeating: 0)
            grove_column_moments(base, base + channels, values(x, image), pixels, channels)
            for group in 0..<groups {
                var (total, squares) = (0.0, 0.0)
                for c in group * width..<(group + 1) * width {
                    total += sums[c]
                    squares += sums[channels + c]
                }
                let average = total / count
                let variance = max(0, squares / count - average * average)
                for c in group * width..<(group + 1) * width {
                    mean[c] = Float(average)
                    inverse[c] = Float(1 / (variance + Double(eps)).squareRoot())
                }
            }
        }
    }

    func backward(_ dy: UnsafePointer<Float>, images: Int) {
        let dx = x.requiresGradient ? x.gradientSink() : nil
        let dScale = scale.flatMap { $0.requiresGradient ? $0.gradient() : nil }
        let dShift = shift.flatMap { $0.requiresGradient ? $0.gradient() : nil }
        // Per image and channel: sum du, and sum du (x - mean) / deviation.
        var sums = [Double](repeating: 0, count: images * 2 * channels)
        sums.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            Parallel.forEach(images) { image in
                imageBackward(dy, image, base + image * 2 * channels, dx, dScale, dShift)
            }
        }
        for (tensor, first) in [(bias, 0), (weight, channels)] where tensor.requiresGradient {
            let gradient = tensor.gradient()
            for c in 0..<channels {
                var total = 0.0
                for image in 0..<images {
                    let factor = 1 + (scale.map { $0.data[image * channels + c] } ?? 0)
                    total += sums[image * 2 * channels + first + c] * Double(factor)
                }
                gradient[c] += Float(total)
            }
        }
    }

    private func imageBackward(
        _ dy: UnsafePointer<Float>, _ image: Int, _ sums: UnsafeMutablePointer<Double>,
        _ dx: (data: UnsafeMutablePointer<Float>, accumulate: Bool)?,
        _ dScale: UnsafeMutablePointer<Float>?, _ dShift: UnsafeMutablePointer<Float>?
    ) {
        let map = maps.data + image * 4 * channels
        let (mean, inverse, gain, offset) = (map, map + channels, map + 2 * channels, map + 3 * channels)
        let imageSlope = dy + image * pixels * channels
        let scratch = silu ? Scratch(pixels * channels) : nil
        if let scratch {
            grove_normalise_silu_backward(
                scratch.data, imageSlope, values(x, image), mean, gain, offset, pixels, channels)
        }
        let du = scratch.map { UnsafePointer($0.data) } ?? imageSlope
        grove_column_gradients(sums, sums + channels, du, values(x, image), mean, pixels, channels)
        for c in 0..<channels { sums[channels + c] *= Double(inverse[c]) }
        for c in 0..<channels {
            if let dShift { dShift[image * channels + c] += Float(sums[c]) }
            if let dScale {
                dScale[image * channels + c] += Float(
                    Double(weight.data[c]) * sums[channels + c] + Double(bias.data[c]) * sums[c])
            }
        }
        guard let dx else { return }
        inputGradient(
            du, values(x, image), dx.data + image * pixels * channels, accumulate: dx.accumulate, sums, mean, inverse,
            gain)
    }

    /// dx = gain du - (x - mean) inverse² B - inverse A, with A and B the group's means of g du and g du (x - mean)
    /// inverse.
    private func inputGradient(
        _ du: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>, accumulate: Bool,
        _ sums: UnsafePointer<Double>, _ mean: UnsafePointer<Float>, _ inverse: UnsafePointer<Float>,
        _ gain: UnsafePointer<Float>
    ) {
        let width = channels / groups
        let count = Double(pixels * width)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * channels) { buffer in
            guard let slope = buffer.baseAddress else { return }
            let level = slope + channels
            for group in 0..<groups {
                var (a, b) = (0.0, 0.0)
                for c in group * width..<(group + 1) * width {
                    a += Double(gain[c]) * sums[c]
                    b += Double(gain[c]) * sums[channels + c]
                }
                for c in group * width..<(group + 1) * width {
                    level[c] = Float(a / count)
                    slope[c] = Float(b / count) * inverse[c]
                }
            }
            grove_normalise_backward(
                dx, du, x, mean, gain, slope, level, pixels, channels, accumulate ? 1 : 0)
        }
    }
}
