extension FeatureStatistics {
    /// The squared Fréchet distance of two normal distributions (Heusel et al. 2017):
    /// ‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2 (Σ₁Σ₂)^½). Comparable only between features of the same network.
    ///
    /// Σ₁Σ₂ is similar to the symmetric Λ^½ V Σ₂ Vᵀ Λ^½ with Σ₁ = Vᵀ Λ V, so the trace of its root is the sum of the roots of
    /// that matrix's eigenvalues. No inverse is taken: singular covariances (fewer samples than features) need no offset.
    package func frechetDistance(to other: FeatureStatistics) throws(EvaluationError) -> Double {
        guard dimension == other.dimension else {
            throw EvaluationError(
                "Features of \(dimension) and of \(other.dimension) numbers do not compare; use one network for both.")
        }
        let size = dimension
        let first = try SymmetricEigen(covariance, size: size, withVectors: true)
        let roots = first.values.map { max($0, 0).squareRoot() }  // Rounding leaves tiny negative eigenvalues.
        var inner = Self.congruence(first.vectors, other.covariance, size: size)
        for i in 0..<size {
            for j in 0..<size { inner[i * size + j] *= roots[i] * roots[j] }
        }
        let second = try SymmetricEigen(inner, size: size, withVectors: false)
        let rootTrace = second.values.reduce(0) { $0 + max($1, 0).squareRoot() }
        var distance = 0.0
        for i in 0..<size {
            let difference = mean[i] - other.mean[i]
            distance += difference * difference + covariance[i * size + i] + other.covariance[i * size + i]
        }
        return max(distance - 2 * rootTrace, 0)
    }

    /// V S Vᵀ for symmetric S, both row-major; exactly symmetric.
    private static func congruence(_ v: [Double], _ s: [Double], size: Int) -> [Double] {
        var half = [Double](repeating: 0, count: size * size)
        var result = half
        half.withUnsafeMutableBufferPointer { half in
            for i in 0..<size {
                for k in 0..<size {
                    let factor = v[i * size + k]
                    for j in 0..<size { half[i * size + j] += factor * s[k * size + j] }
                }
            }
        }
        for i in 0..<size {
            for j in 0...i {
                var sum = 0.0
                for k in 0..<size { sum += half[i * size + k] * v[j * size + k] }
                result[i * size + j] = sum
                result[j * size + i] = sum
            }
        }
        return result
    }
}

/// The Fréchet distance of two feature sets, each [samples × dimension], one vector a row.
package func frechetDistance(
    _ featuresA: [Float], _ featuresB: [Float], dimension: Int
) throws(EvaluationError) -> Double {
    try FeatureStatistics(features: featuresA, dimension: dimension)
        .frechetDistance(to: FeatureStatistics(features: featuresB, dimension: dimension))
}
