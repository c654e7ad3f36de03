import CKernels

extension Graph {
    /// The mean of (a - target)^2 over all values, shape `[1]`; accumulated in double precision.
    package func meanSquaredError(_ a: Tensor, _ target: Tensor) -> Tensor {
        precondition(a.shape == target.shape, "meanSquaredError: shapes \(a.shape) and \(target.shape) differ")
        let y = output([1], from: a, target)
        let total = Chunks.sum(a.count) { start, length in
            grove_square_distance(a.data + start, target.data + start, length)
        }
        y.data[0] = Float(total / Double(a.count))
        guard y.requiresGradient else { return y }
        record {
            guard let dy = y.gradientIfAny else { return }
            let slope = Float(2 * Double(dy[0]) / Double(a.count))
            for (target, other) in [(a, target), (target, a)] where target.requiresGradient {
                let gradient = target.gradient()
                Chunks.forEach(a.count) { start, length in
                    grove_add_difference(gradient + start, target.data + start, other.data + start, slope, length)
                }
            }
        }
        return y
    }
}
