import Glibc

/// Which steps of a schedule sampling visits.
package enum Respacing: String, Codable, Sendable, CaseIterable {
    /// The first n steps as they are; with n = T, all of them, as the paper samples.
    case truncated
    /// Every k-th step, k the smallest stride that gives exactly n steps.
    case uniform
    /// ⌊(i √(0.8 T) / (n-1))²⌋, denser near the image. Equal values collapse, so fewer than n steps may remain.
    case quad
}

extension DiffusionSchedule {
    /// The schedule over the visited steps only, β_i = 1 - ᾱ_i / ᾱ_{i-1}.
    /// Throws if the steps cannot be chosen that way.
    package func respaced(_ respacing: Respacing, steps: Int) throws(DiffusionError) -> DiffusionSchedule {
        guard steps >= 1, steps <= count else {
            throw DiffusionError("\(steps) denoising steps are not possible; choose from 1 to \(count).")
        }
        switch respacing {
        case .truncated:
            return DiffusionSchedule(betas: Array(betas.prefix(steps)), timesteps: Array(timesteps.prefix(steps)))
        case .uniform:
            return keeping(try uniformSteps(steps))
        case .quad:
            return keeping(quadSteps(steps))
        }
    }

    private func uniformSteps(_ steps: Int) throws(DiffusionError) -> [Int] {
        for stride in 1...count where (count + stride - 1) / stride == steps {
            return Array(Swift.stride(from: 0, to: count, by: stride))
        }
        throw DiffusionError(
            "No even stride over \(count) steps gives exactly \(steps) steps; \(nearestUniform(to: steps)) would do.")
    }

    private func nearestUniform(to steps: Int) -> Int {
        let possible = (1...count).map { (count + $0 - 1) / $0 }
        return possible.min { abs($0 - steps) < abs($1 - steps) } ?? count
    }

    private func quadSteps(_ steps: Int) -> [Int] {
        let end = (Double(count) * 0.8).squareRoot()
        // As numpy's linspace: multiples of one increment, the last value exactly the end.
        let increment = steps > 1 ? end / Double(steps - 1) : 0
        let roots = (0..<steps).map { $0 > 0 && $0 == steps - 1 ? end : Double($0) * increment }
        return Set(roots.map { min(count - 1, Int($0 * $0)) }).sorted()
    }

    private func keeping(_ indices: [Int]) -> DiffusionSchedule {
        var last = 1.0
        let kept = indices.map { index in
            defer { last = alphaBar[index] }
            return 1 - alphaBar[index] / last
        }
        return DiffusionSchedule(betas: kept, timesteps: indices.map { timesteps[$0] })
    }
}
