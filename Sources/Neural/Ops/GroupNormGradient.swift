import CKernels

/// The way back through a `GroupNormPass`: takes the gradient of each normalised image once, on any core, and sends it on
/// to the images' parts; `finish` adds what the parameters get.
struct GroupNormGradient {
    private typealias Sink = (data: UnsafeMutablePointer<Float>, accumulate: Bool)

    private let pass: GroupNormPass
    private let first: Sink?
    private let second: Sink?
    private let scale: UnsafeMutablePointer<Float>?
    private let shift: UnsafeMutablePointer<Float>?
    /// Per image and channel: sum du, and sum du (x - mean) / deviation.
    private let sums: Doubles

    init(of pass: GroupNormPass, in graph: Graph) {
        self.pass = pass
        first = Self.sink(pass.parts.first)
        second = Self.sink(pass.parts.second)
        scale = pass.map.scale.flatMap { $0.requiresGradient ? $0.gradient() : nil }
        shift = pass.map.shift.flatMap { $0.requiresGradient ? $0.gradient() : nil }
        sums = graph.doubles(pass.images * 2 * pass.channels)
    }

    private static func sink(_ part: Tensor?) -> Sink? {
        guard let part, part.requiresGradient else { return nil }
        return part.gradientSink()
    }

    private func sums(_ image: Int) -> UnsafeMutablePointer<Double> { sums.data + image * 2 * pass.channels }

    /// Takes the gradient of a normalised image, which is used up.
    func take(_ gradient: UnsafeMutablePointer<Float>, image: Int) {
        take(UnsafePointer(gradient), writing: gradient, image: image)
    }

    /// The same with `own` for intermediate values, which may be the gradient itself and is not used without SiLU.
    func take(_ gradient: UnsafePointer<Float>, writing own: UnsafeMutablePointer<Float>, image: Int) {
        let (channels, pixels) = (pass.channels, pass.pixels)
        let (sums, c) = (sums(image), pass.coefficients(image))
        sums.update(repeating: 0, count: 2 * channels)
        pass.parts.forEach { part, channel in
            grove_normalise_gradients(
                sums + channel, sums + channels + channel, own + channel, gradient + channel, channels,
                part.data + image * pixels * part.channels, part.channels, c.mean + channel, c.gain + channel,
                c.offset + channel, pixels, part.channels, pass.silu ? 1 : 0)
        }
        for channel in 0..<channels { sums[channels + channel] *= Double(c.inverse[channel]) }
        addModulation(image, sums)
        sendToInputs(pass.silu ? UnsafePointer(own) : gradient, image, sums, c)
    }

    private func addModulation(_ image: Int, _ sums: UnsafePointer<Double>) {
        let (channels, map) = (pass.channels, pass.map)
        for channel in 0..<channels {
            shift?[image * channels + channel] += Float(sums[channel])
            scale?[image * channels + channel] += Float(
                Double(map.weight.data[channel]) * sums[channels + channel]
                    + Double(map.bias.data[channel]) * sums[channel])
        }
    }

    /// dx = gain du - (x - mean) inverse² B - inverse A, with A and B the group's means of g du and g du (x - mean)
    /// inverse.
    private func sendToInputs(
        _ du: UnsafePointer<Float>, _ image: Int, _ sums: UnsafePointer<Double>, _ c: GroupNormCoefficients
    ) {
        let (channels, pixels) = (pass.channels, pass.pixels)
        let width = channels / pass.map.groups
        let count = Double(pixels * width)
        let maps = Scratch(2 * channels)
        let (slope, level) = (maps.data, maps.data + channels)
        for group in 0..<pass.map.groups {
            let members = group * width..<(group + 1) * width
            var (a, b) = (0.0, 0.0)
            for channel in members {
                a += Double(c.gain[channel]) * sums[channel]
                b += Double(c.gain[channel]) * sums[channels + channel]
            }
            for channel in members {
                level[channel] = Float(a / count)
                slope[channel] = Float(b / count) * c.inverse[channel]
            }
        }
        pass.parts.forEach { part, channel in
            guard let input = channel == 0 ? first : second else { return }
            let own = part.channels
            grove_normalise_columns_backward(
                input.data + image * pixels * own, du + channel, channels, part.data + image * pixels * own,
                c.mean + channel, c.gain + channel, slope + channel, level + channel, pixels, own,
                input.accumulate ? 1 : 0)
        }
    }

    /// Adds the gradients of weight and bias, image after image.
    func finish() {
        finish(pass.map.bias, 0)
        finish(pass.map.weight, pass.channels)
    }

    /// - Parameter first: where its sums begin.
    private func finish(_ parameter: Tensor, _ first: Int) {
        guard parameter.requiresGradient else { return }
        let (gradient, channels) = (parameter.gradient(), pass.channels)
        for channel in 0..<channels {
            var total = 0.0
            for image in 0..<pass.images {
                total += sums(image)[first + channel] * Double(pass.map.factor(image * channels + channel))
            }
            gradient[channel] += Float(total)
        }
    }
}
