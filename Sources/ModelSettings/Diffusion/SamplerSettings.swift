/// How images are drawn from a trained diffusion model.
package struct SamplerSettings: Codable, Sendable, Equatable {
    package enum Method: String, Codable, Sendable, CaseIterable {
        /// Ancestral sampling (Ho et al. 2020).
        case ddpm
        /// Song et al. 2021, which needs few steps.
        case ddim
    }

    /// The variance of an ancestral step.
    package enum Variance: String, Codable, Sendable, CaseIterable {
        /// β_t, and the posterior variance of step 1 at step 0.
        case fixedLarge = "fixedlarge"
        /// The posterior variance.
        case fixedSmall = "fixedsmall"
    }

    package var method: Method
    package var respacing: Respacing
    /// Denoising steps; `quad` may visit a few less.
    package var steps: Int
    package var variance: Variance
    /// η of DDIM: 0 draws no noise on the way, 1 as much as ancestral sampling.
    package var eta: Double
    /// w of classifier-free guidance: ε̂ = (1 + w) ε̂(x̂, leaf) - w ε̂(none, none). 0 costs nothing.
    package var guidanceWeight: Double
    /// Whether x̂_0 is clamped to the values a pixel can have.
    package var clipsStart: Bool

    package init(
        method: Method = .ddim, respacing: Respacing = .uniform, steps: Int = 50, variance: Variance = .fixedLarge,
        eta: Double = 0, guidanceWeight: Double = 0, clipsStart: Bool = true
    ) {
        self.method = method
        self.respacing = respacing
        self.steps = steps
        self.variance = variance
        self.eta = eta
        self.guidanceWeight = guidanceWeight
        self.clipsStart = clipsStart
    }

    /// All thousand ancestral steps, as the paper samples.
    package static let published = SamplerSettings(method: .ddpm, respacing: .truncated, steps: 1000)

    /// Refuses the first setting that cannot work.
    package func check() throws(SettingsError) {
        try SamplingBounds.eta.require(eta, "eta")
        try SamplingBounds.guidance.require(guidanceWeight, "guidance")
    }
}
