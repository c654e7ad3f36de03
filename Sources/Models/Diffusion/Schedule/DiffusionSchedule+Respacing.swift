import Glibc

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
            return keeping(uniformSteps(steps))
        case .quad:
            return keeping(quadSteps(steps))
        }
    }

    /// Where no even stride gives that many steps, strides that differ by one.
    private func uniformSteps(_ steps: Int) -> [Int] {
        for stride in 1...count where (count + stride - 1) / stride == steps {
            return Array(Swift.stride(from: 0, to: count, by: stride))
        }
        return (0..<steps).map { $0 * count / steps }
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
