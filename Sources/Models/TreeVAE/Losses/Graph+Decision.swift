import Glibc
import Neural

extension Graph {
    /// The divergence of a split's decision from its prior, weighted by the probability of reaching the split:
    /// π · [q ln(ε + q/(p+ε)) + (1−q) ln(ε + (1−q)/(1−p+ε))] of each image, `[N]`.
    ///
    /// - Parameters:
    ///   - posterior: q(left | d), `[N]`.
    ///   - prior: p(left | z), `[N]`.
    ///   - weight: π, `[N]`; nil for 1.
    func decisionDivergence(posterior: Tensor, prior: Tensor, weight: Tensor?) -> Tensor {
        let count = posterior.count
        let result = output(Shape(count), from: posterior, prior, weight)
        for i in 0..<count {
            result.data[i] = (weight?.data[i] ?? 1) * Decision(q: posterior.data[i], p: prior.data[i]).divergence
        }
        guard result.requiresGradient else { return result }
        record((result, posterior, prior, weight)) { kept, _ in
            let (result, posterior, prior, weight) = kept
            guard let gradient = result.gradientIfAny else { return }
            for i in 0..<posterior.count {
                let decision = Decision(q: posterior.data[i], p: prior.data[i])
                let weighted = gradient[i] * (weight?.data[i] ?? 1)
                if posterior.requiresGradient { posterior.gradient()[i] += weighted * decision.slopeOfQ }
                if prior.requiresGradient { prior.gradient()[i] += weighted * decision.slopeOfP }
                if let weight, weight.requiresGradient { weight.gradient()[i] += gradient[i] * decision.divergence }
            }
        }
        return result
    }

    /// The probabilities of reaching a split's children, π·q on the left and π·(1−q) on the right, each `[N]`.
    func children(of weight: Tensor?, left q: Tensor) -> (left: Tensor, right: Tensor) {
        let count = q.count
        let left = output(Shape(count), from: weight, q)
        let right = output(Shape(count), from: weight, q)
        for i in 0..<count {
            let pi = weight?.data[i] ?? 1
            left.data[i] = pi * q.data[i]
            right.data[i] = pi * (1 - q.data[i])
        }
        guard left.requiresGradient else { return (left, right) }
        record((left, right, weight, q)) { kept, _ in
            let (left, right, weight, q) = kept
            let fromLeft = left.gradientIfAny
            let fromRight = right.gradientIfAny
            for i in 0..<q.count {
                let (l, r) = (fromLeft?[i] ?? 0, fromRight?[i] ?? 0)
                if q.requiresGradient { q.gradient()[i] += (weight?.data[i] ?? 1) * (l - r) }
                if let weight, weight.requiresGradient { weight.gradient()[i] += l * q.data[i] + r * (1 - q.data[i]) }
            }
        }
        return (left, right)
    }
}

/// The divergence of one decision, q against p, and its slopes.
struct Decision {
    let q: Float
    let p: Float

    private var left: Float { p + Gaussian.epsilon }
    private var right: Float { 1 - p + Gaussian.epsilon }
    private var leftRatio: Float { Gaussian.epsilon + q / left }
    private var rightRatio: Float { Gaussian.epsilon + (1 - q) / right }

    var divergence: Float { q * log(leftRatio) + (1 - q) * log(rightRatio) }

    var slopeOfQ: Float {
        log(leftRatio) + q / (leftRatio * left) - log(rightRatio) - (1 - q) / (rightRatio * right)
    }

    var slopeOfP: Float {
        (1 - q) * (1 - q) / (rightRatio * right * right) - q * q / (leftRatio * left * left)
    }
}
