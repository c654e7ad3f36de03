import CKernels

extension Graph {
    /// a + b
    package func add(_ a: Tensor, _ b: Tensor) -> Tensor { addScaled(a, b, by: 1) }

    /// a + s b
    package func addScaled(_ a: Tensor, _ b: Tensor, by s: Float) -> Tensor {
        precondition(a.shape == b.shape, "addScaled: shapes \(a.shape) and \(b.shape) differ")
        let y = output(a.shape, from: a, b)
        Chunks.forEach(y.count) { start, length in
            grove_add_scaled(y.data + start, a.data + start, b.data + start, s, length)
        }
        guard y.requiresGradient else { return y }
        record((y, a, b, s)) { kept, _ in
            let (y, a, b, s) = kept
            guard let dy = y.gradientIfAny else { return }
            if a.requiresGradient { Graph.send(dy, times: 1, to: a) }
            if b.requiresGradient { Graph.send(dy, times: s, to: b) }
        }
        return y
    }

    /// a b, value by value
    package func multiply(_ a: Tensor, _ b: Tensor) -> Tensor {
        precondition(a.shape == b.shape, "multiply: shapes \(a.shape) and \(b.shape) differ")
        let y = output(a.shape, from: a, b)
        Chunks.forEach(y.count) { start, length in
            grove_multiply(y.data + start, a.data + start, b.data + start, length)
        }
        guard y.requiresGradient else { return y }
        record((y, a, b)) { kept, _ in
            let (y, a, b) = kept
            guard let dy = y.gradientIfAny else { return }
            if a.requiresGradient { Graph.send(dy, times: b.data, to: a) }
            if b.requiresGradient { Graph.send(dy, times: a.data, to: b) }
        }
        return y
    }

    /// s a
    package func scale(_ a: Tensor, by s: Float) -> Tensor { affine(a, s, 0) }

    /// 1 - a
    package func oneMinus(_ a: Tensor) -> Tensor { affine(a, -1, 1) }

    private func affine(_ a: Tensor, _ s: Float, _ t: Float) -> Tensor {
        let y = output(a.shape, from: a)
        Chunks.forEach(y.count) { start, length in
            grove_scale_shift(y.data + start, a.data + start, s, t, length)
        }
        guard y.requiresGradient else { return y }
        record((y, a, s)) { kept, _ in
            let (y, a, s) = kept
            guard let dy = y.gradientIfAny else { return }
            Graph.send(dy, times: s, to: a)
        }
        return y
    }

    /// The sum of all values, shape `[1]`; accumulated in double precision.
    package func sum(_ a: Tensor) -> Tensor { total(a, times: 1) }

    /// The mean of all values, shape `[1]`.
    package func mean(_ a: Tensor) -> Tensor { total(a, times: 1 / Double(a.count)) }

    private func total(_ a: Tensor, times factor: Double) -> Tensor {
        let y = output(Shape(1), from: a)
        y.data[0] = Float(factor * Chunks.sum(a.count) { start, length in grove_sum(a.data + start, length) })
        guard y.requiresGradient else { return y }
        record((y, a, factor)) { kept, _ in
            let (y, a, factor) = kept
            guard let dy = y.gradientIfAny else { return }
            let (dx, slope) = (a.gradient(), Float(factor * Double(dy[0])))
            Chunks.forEach(a.count) { start, length in grove_add_constant(dx + start, slope, length) }
        }
        return y
    }

    /// The sum of tensors of one shape, first to last.
    package func sumTensors(_ list: [Tensor]) -> Tensor {
        guard let first = list.first else { preconditionFailure("sumTensors: the list is empty") }
        return list.dropFirst().reduce(first) { add($0, $1) }
    }

    /// Adds a vector an image to all its pixels: x `[n, h, w, c]`, e `[n, c]`.
    package func addPerImage(_ x: Tensor, _ e: Tensor) -> Tensor {
        precondition(
            x.shape.count == 4 && e.shape == [x.shape[0], x.channels],
            "addPerImage: input \(x.shape) and vectors \(e.shape) do not fit")
        let y = output(x.shape, from: x, e)
        let (pixels, channels) = (x.shape[1] * x.shape[2], x.channels)
        Parallel.forEach(x.shape[0]) { image in
            let offset = image * pixels * channels
            grove_add_row(y.data + offset, x.data + offset, e.data + image * channels, pixels, channels)
        }
        guard y.requiresGradient else { return y }
        record((y, x, e)) { kept, _ in
            let (y, x, e) = kept
            guard let dy = y.gradientIfAny else { return }
            if x.requiresGradient { Graph.send(dy, times: 1, to: x) }
            guard e.requiresGradient else { return }
            let (de, pixels, channels) = (e.gradient(), x.shape[1] * x.shape[2], x.channels)
            Parallel.forEach(x.shape[0]) { image in
                withUnsafeTemporaryAllocation(of: Double.self, capacity: channels) { sums in
                    guard let base = sums.baseAddress else { return }
                    sums.initialize(repeating: 0)
                    grove_column_sums(base, dy + image * pixels * channels, pixels, channels)
                    for channel in 0..<channels { de[image * channels + channel] += Float(sums[channel]) }
                }
            }
        }
        return y
    }

    /// Adds s times a result's gradient to that of one of its inputs.
    static func send(_ dy: UnsafePointer<Float>, times s: Float, to input: Tensor) {
        let (dx, accumulate) = input.gradientSink()
        Chunks.forEach(input.count) { start, length in
            if accumulate {
                grove_axpy(dx + start, dy + start, s, length)
            } else {
                grove_scale_shift(dx + start, dy + start, s, 0, length)
            }
        }
    }

    /// Adds a result's gradient, value by value times `factors`, to that of one of its inputs.
    static func send(_ dy: UnsafePointer<Float>, times factors: UnsafePointer<Float>, to input: Tensor) {
        let (dx, accumulate) = input.gradientSink()
        Chunks.forEach(input.count) { start, length in
            if accumulate {
                grove_multiply_add(dx + start, dy + start, factors + start, length)
            } else {
                grove_multiply(dx + start, dy + start, factors + start, length)
            }
        }
    }
}
