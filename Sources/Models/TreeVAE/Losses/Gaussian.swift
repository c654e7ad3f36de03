import Glibc

/// Diagonal Gaussians as the model writes them: a mean and a *variance* v, to which ε is added wherever it divides.
enum Gaussian {
    /// ε of the whole model.
    static let epsilon: Float = 1e-7

    /// The product of the likelihood term N(μ̂, v̂) that the bottom-up path gives and the prior N(μ_p, v_p):
    /// v_q = 1 / (1/(v̂+ε) + 1/(v_p+ε)), μ_q = (μ̂/(v̂+ε) + μ_p/(v_p+ε)) · v_q.
    @inline(__always)
    static func product(
        mean: Float, variance: Float, priorMean: Float, priorVariance: Float
    ) -> (mean: Float, variance: Float) {
        let a = variance + epsilon
        let p = priorVariance + epsilon
        let product = 1 / (1 / a + 1 / p)
        return ((mean / a + priorMean / p) * product, product)
    }

    /// KL(N(μ_q, v_q+ε) ‖ N(μ_p, v_p+ε)) of one coordinate: ½ (a + (μ_q−μ_p)²/(v_p+ε) − 1 − ln a), where
    /// a = (v_q+ε)/(v_p+ε).
    @inline(__always)
    static func divergence(mean: Float, variance: Float, priorMean: Float, priorVariance: Float) -> Float {
        let p = priorVariance + epsilon
        let ratio = (variance + epsilon) / p
        let distance = mean - priorMean
        return 0.5 * (ratio + distance * distance / p - 1 - log(ratio))
    }
}
