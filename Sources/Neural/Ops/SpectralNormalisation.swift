import CKernels

extension SpectralNormState {
    /// Power iterations: u becomes the direction of W v, then v that of Wᵀ u, for W as PyTorch's `[out, in * k * k]`.
    package func iterate(_ weight: Tensor, times: Int) {
        let order = order(of: weight)
        let out = weight.channels
        let products = Scratch(doubles: max(out, order.rows))
        for _ in 0..<times {
            products.doubles.update(repeating: 0, count: out)
            for row in 0..<order.rows {
                let factor = Double(v.data[order[row]])
                for o in 0..<out { products.doubles[o] += Double(weight.data[row * out + o]) * factor }
            }
            Self.normalise(products.doubles, into: u)
            for row in 0..<order.rows {
                products.doubles[order[row]] = grove_dot(weight.data + row * out, u.data, out)
            }
            Self.normalise(products.doubles, into: v)
        }
    }

    /// uᵀ W v.
    func largestSingularValue(_ weight: Tensor) -> Double {
        let (out, order) = (weight.channels, order(of: weight))
        return (0..<order.rows).reduce(0) { total, row in
            total + Double(v.data[order[row]]) * grove_dot(weight.data + row * out, u.data, out)
        }
    }

    func order(of weight: Tensor) -> RowOrder {
        precondition(
            u.count == weight.channels && v.count == weight.rows,
            "spectral norm: vectors of \(u.count) and \(v.count) values do not fit a weight of shape \(weight.shape)")
        return RowOrder(rows: weight.rows, inner: weight.shape[weight.shape.count - 2])
    }

    private static func normalise(_ values: UnsafePointer<Double>, into target: Tensor) {
        let squares = (0..<target.count).reduce(0) { $0 + values[$1] * values[$1] }
        let norm = max(squares.squareRoot(), Double(eps))
        for index in 0..<target.count { target.data[index] = Float(values[index] / norm) }
    }
}

/// For each of our rows of a weight (kernel row, kernel column, input channel) its place in PyTorch's order.
struct RowOrder {
    let rows: Int
    /// Input channels.
    let inner: Int

    subscript(row: Int) -> Int { row % inner * (rows / inner) + row / inner }
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
        let (u, v) = (copy(state.u), copy(state.v))
        record((y, weight, u, v, sigma, state.order(of: weight))) { kept, _ in
            let (y, weight, u, v, sigma, order) = kept
            guard let dy = y.gradientIfAny else { return }
            // dW = dY / sigma - <dY, W> / sigma² u vᵀ
            let gradient = weight.gradient()
            let product = grove_dot(dy, weight.data, weight.count) / (sigma * sigma)
            let out = weight.channels
            grove_axpy(gradient, dy, Float(1 / sigma), weight.count)
            for row in 0..<order.rows {
                grove_axpy(gradient + row * out, u.data, Float(-product * Double(v.data[order[row]])), out)
            }
        }
        return y
    }

    private func copy(_ values: Tensor) -> Tensor {
        let copy = tensor(values.shape)
        copy.data.update(from: values.data, count: values.count)
        return copy
    }
}
