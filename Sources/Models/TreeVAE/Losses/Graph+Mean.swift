import Neural

extension Graph {
    /// The mean over images of a sum of terms, a scalar: mean_b Σ_k terms_k[b], clamped if `clamp` is given.
    ///
    /// - Parameter terms: each `[N]`; no terms give 0.
    func batchMean(_ terms: ArraySlice<Tensor>, clamp: ClosedRange<Float>? = nil) -> Tensor {
        let needsGradient = recording && terms.contains { $0.requiresGradient }
        let result = tensor(Shape(1), requiresGradient: needsGradient)
        let count = terms.first?.count ?? 1
        var sum = 0.0
        for term in terms {
            for i in 0..<count { sum += Double(term.data[i]) }
        }
        let mean = Float(sum / Double(count))
        result.data[0] = clamp.map { min(max(mean, $0.lowerBound), $0.upperBound) } ?? mean
        guard needsGradient else { return result }
        if let clamp, !clamp.contains(mean) { return result }
        record((result, terms)) { kept, _ in
            let (result, terms) = kept
            guard let gradient = result.gradientIfAny else { return }
            let count = terms.first?.count ?? 1
            let share = gradient[0] / Float(count)
            for term in terms where term.requiresGradient {
                let target = term.gradient()
                for i in 0..<count { target[i] += share }
            }
        }
        return result
    }
}
