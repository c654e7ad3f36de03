import CKernels

extension SpectralNormState {
    /// Power iterations: u becomes the direction of W v, then v that of Wᵀ u, for W as PyTorch's `[out, in * k * k]`.
    package func iterate(_ weight: Tensor, times: Int) {
        let order = order(of: weight)
        let out = weight.channels
        for _ in 0..<times {
            var wv = [Double](repeating: 0, count: out)
            for (row, column) in order.enumerated() {
                let factor = Double(v.data[column])
                for o in 0..<out { wv[o] += Double(weight.data[row * out + o]) * factor }
            }
            Self.normalise(wv, into: u.data)
            var wu = [Double](repeating: 0, count: order.count)
            for (row, column) in order.enumerated() { wu[column] = grove_dot(weight.data + row * out, u.data, out) }
            Self.normalise(wu, into: v.data)
        }
    }

    /// uᵀ W v.
    func largestSingularValue(_ weight: Tensor) -> Double {
        let out = weight.channels
        return order(of: weight).enumerated().reduce(0) { total, pair in
            total + Double(v.data[pair.element]) * grove_dot(weight.data + pair.offset * out, u.data, out)
        }
    }

    /// For each of our rows (kernel row, kernel column, input channel) its place in PyTorch's order.
    func order(of weight: Tensor) -> [Int] {
        let inner = weight.shape[weight.shape.count - 2]
        let taps = weight.rows / inner
        precondition(
            u.count == weight.channels && v.count == weight.rows,
            "spectral norm: vectors of \(u.count) and \(v.count) values do not fit a weight of shape \(weight.shape)")
        return (0..<weight.rows).map { $0 % inner * taps + $0 / inner }
    }

    private static func normalise(_ values: [Double], into target: UnsafeMutablePointer<Float>) {
        let norm = max(values.reduce(0) { $0 + $1 * $1 }.squareRoot(), Double(eps))
        for (index, value) in values.enumerated() { target[index] = Float(value / norm) }
    }
}

extension Graph {
    /// W / (uᵀ W v) for a weight whose last axis is the output (Miyato et al. 2018).
    ///
    /// A training pass makes one power iteration first; gradients treat u and v as constants.
    package func spectralNormalised(_ weight: Tensor, state: SpectralNormState) -> Tensor {
        precondition(weight.shape.count >= 2, "spectralNormalised: shape \(weight.shape) is not a matrix")
        if training { state.iterate(weight, times: 1) }
        let sigma = state.largestSingularValue(weight)
        let y = output(weight.shape, from: weight)
        grove_scale_shift(y.data, weight.data, Float(1 / sigma), 0, weight.count)
        guard y.requiresGradient else { return y }
        // The next pass moves u and v, so this one keeps its own.
        let (u, v, order) = (state.u.values, state.v.values, state.order(of: weight))
        record {
            guard let dy = y.gradientIfAny else { return }
            // dW = dY / sigma - <dY, W> / sigma² u vᵀ
            let gradient = weight.gradient()
            let product = grove_dot(dy, weight.data, weight.count) / (sigma * sigma)
            let out = weight.channels
            grove_axpy(gradient, dy, Float(1 / sigma), weight.count)
            for (row, column) in order.enumerated() {
                grove_axpy(gradient + row * out, u, Float(-product * Double(v[column])), out)
            }
        }
        return y
    }
}
