import Glibc

/// The constants of a diffusion process with steps 0 ..< count (Ho et al. 2020): how much noise an image carries at
/// each step, and the posterior q(x_{t-1} | x_t, x_0) that sampling walks back along.
///
/// All in double precision. A respaced schedule keeps fewer steps; `timesteps` says which of the original ones they are,
/// for that is the number the network was trained with.
package struct DiffusionSchedule: Sendable, Equatable {
    /// T of the published models.
    package static let publishedSteps = 1000

    /// The original step index of each step, ascending.
    package let timesteps: [Int]
    /// β_t, the variance that step t adds.
    package let betas: [Double]
    /// ᾱ_t = ∏ (1 - β), the share of the image's variance that is left.
    package let alphaBar: [Double]
    /// ᾱ_{t-1}, with ᾱ_{-1} = 1.
    package let previousAlphaBar: [Double]
    /// Variance of the posterior; 0 at step 0.
    package let posteriorVariance: [Double]
    /// log of the posterior variance with step 0 replaced by step 1, which keeps it finite.
    package let posteriorLogVariance: [Double]
    /// c1 and c2: posterior mean = c1 x_0 + c2 x_t.
    package let posteriorMeanOfStart: [Double]
    package let posteriorMeanOfCurrent: [Double]
    /// log of "fixedlarge": β, with step 0 replaced by the posterior variance of step 1.
    package let largeLogVariance: [Double]

    package var count: Int { betas.count }

    /// √ᾱ_t and √(1 - ᾱ_t): x_t = √ᾱ_t x_0 + √(1 - ᾱ_t) ε.
    package func signal(_ t: Int) -> Double { alphaBar[t].squareRoot() }
    package func noise(_ t: Int) -> Double { (1 - alphaBar[t]).squareRoot() }
    /// √(1/ᾱ_t) and √(1/ᾱ_t - 1): x_0 = √(1/ᾱ_t) x_t - √(1/ᾱ_t - 1) ε.
    package func inverseSignal(_ t: Int) -> Double { (1 / alphaBar[t]).squareRoot() }
    package func inverseNoise(_ t: Int) -> Double { (1 / alphaBar[t] - 1).squareRoot() }

    /// A schedule from its β, each in (0, 1).
    init(betas: [Double], timesteps: [Int]) {
        precondition(!betas.isEmpty, "DiffusionSchedule: there must be at least one step")
        precondition(betas.count == timesteps.count, "DiffusionSchedule: as many timesteps as betas are needed")
        self.betas = betas
        self.timesteps = timesteps
        var product = 1.0
        let alphaBar = betas.map { beta in
            product *= 1 - beta
            return product
        }
        self.alphaBar = alphaBar
        let previous = [1.0] + alphaBar.dropLast()
        previousAlphaBar = previous
        let variance = betas.indices.map { betas[$0] * (1 - previous[$0]) / (1 - alphaBar[$0]) }
        posteriorVariance = variance
        // A schedule of one step never adds noise, so any finite value does there.
        let first = variance.count > 1 ? variance[1] : betas[0]
        posteriorLogVariance = ([first] + variance.dropFirst()).map { log($0) }
        largeLogVariance = ([first] + betas.dropFirst()).map { log($0) }
        posteriorMeanOfStart = betas.indices.map { betas[$0] * previous[$0].squareRoot() / (1 - alphaBar[$0]) }
        posteriorMeanOfCurrent = betas.indices.map {
            (1 - betas[$0]).squareRoot() * (1 - previous[$0]) / (1 - alphaBar[$0])
        }
    }

    /// The linear schedule. β is computed in float32, as `torch.linspace` does it (from both ends, one rounding a value),
    /// and then widened: the published models were trained with these very numbers.
    package static func linear(
        steps: Int = publishedSteps, first: Double = 1e-4, last: Double = 0.02
    ) -> DiffusionSchedule {
        precondition(steps >= 1, "DiffusionSchedule: \(steps) steps are too few")
        let (start, end) = (Float(first), Float(last))
        let increment = steps > 1 ? (end - start) / Float(steps - 1) : 0
        let betas = (0..<steps).map { index in
            index < steps / 2
                ? start.addingProduct(increment, Float(index))
                : end.addingProduct(-increment, Float(steps - 1 - index))
        }
        return DiffusionSchedule(betas: (steps > 1 ? betas : [start]).map(Double.init), timesteps: Array(0..<steps))
    }
}
