import Models
import TestSupport
import Testing

/// Single reverse steps against values computed from the authors' formulas.
@Suite struct SamplerTests {
    /// One step of one value, x_t = 0.5 and ε̂ = 0.1.
    private func step(_ sampler: Sampler, index: Int, noise: Float = 0, reconstruction: Float? = nil) -> Double {
        var (x, predicted, noise) = (Float(0.5), Float(0.1), noise)
        let k = sampler.steps - 1 - index
        if var reconstruction {
            sampler.advance(
                &x, count: 1, step: k, predictedNoise: &predicted, reconstruction: &reconstruction, noise: &noise)
        } else {
            sampler.advance(&x, count: 1, step: k, predictedNoise: &predicted, reconstruction: nil, noise: &noise)
        }
        return Double(x)
    }

    private func sampler(_ settings: SamplerSettings, _ formulation: Formulation = .first) throws -> Sampler {
        try Sampler(.linear(), settings: settings, formulation: formulation, clip: -1...1)
    }

    @Test(arguments: [
        (0, 0.4990249, 5.45319e-05), (1, 0.4992213, 1.199199e-04), (500, 0.5001102, 0.01005996), (999, 0.4951027, 0.02),
    ])
    func ancestral(t: Int, mean: Double, variance: Double) throws {
        let sampler = try sampler(.published)
        expectClose(step(sampler, index: t), mean, relative: 1e-6, "mean at \(t)")
        // The last step adds nothing.
        let deviation = t == 0 ? 0 : variance.squareRoot()
        expectClose(step(sampler, index: t, noise: 1), mean + deviation, relative: 1e-6, "with noise at \(t)")
        #expect(sampler.needsNoise(sampler.steps - 1 - t) == (t != 0))
    }

    @Test(arguments: [(0, 0.4990249), (1, 0.4968360), (50, 0.3888545), (99, 0.1076806)])
    func implicit(index: Int, expected: Double) throws {
        let sampler = try sampler(SamplerSettings(steps: 100))
        #expect(sampler.timestep(99 - index) == 10 * index)
        #expect(!sampler.needsNoise(99 - index))
        expectClose(step(sampler, index: index, noise: 1), expected, relative: 1e-6, "index \(index)")
    }

    @Test func smallVarianceIsThePosteriors() throws {
        var settings = SamplerSettings.published
        settings.variance = .fixedSmall
        let sampler = try sampler(settings)
        let deviation = step(sampler, index: 500, noise: 1) - step(sampler, index: 500)
        expectClose(deviation * deviation, 0.01005133508, relative: 1e-5, "variance")
    }

    /// With η = 1, DDIM over all steps is ancestral sampling (Song et al. 2021, section 4.1), as long as nothing is clamped.
    @Test func etaOfOneIsAncestral() throws {
        let settings = SamplerSettings(respacing: .truncated, steps: 1000, eta: 1)
        let implicit = try Sampler(.linear(), settings: settings, formulation: .first, clip: nil)
        let ancestral = try Sampler(.linear(), settings: .published, formulation: .first, clip: nil)
        let deviation = step(implicit, index: 500, noise: 1) - step(implicit, index: 500)
        expectClose(deviation * deviation, 0.01005133508, relative: 1e-5, "variance")
        for index in [0, 1, 500, 999] {
            expectClose(step(implicit, index: index), step(ancestral, index: index), relative: 1e-5, "mean at \(index)")
        }
    }

    /// Formulation 2 is formulation 1 of x_t - x̂, shifted by x̂ until the last step takes it off.
    @Test(arguments: [SamplerSettings.published, SamplerSettings(respacing: .truncated, steps: 1000)])
    func secondFormulationIsAShift(_ settings: SamplerSettings) throws {
        let (first, second) = (try sampler(settings), try sampler(settings, .second))
        for index in [0, 1, 500] {
            var (x, predicted, mean, noise) = (Float(0.5), Float(0.1), Float(0), Float(0))
            let k = first.steps - 1 - index
            first.advance(&x, count: 1, step: k, predictedNoise: &predicted, reconstruction: nil, noise: &noise)
            mean = 0.3
            var shifted: Float = 0.8
            second.advance(
                &shifted, count: 1, step: k, predictedNoise: &predicted, reconstruction: &mean, noise: &noise)
            expectClose(
                Double(shifted), Double(x) + (index == 0 ? 0 : 0.3), relative: 1e-5, "\(settings.method) at \(index)")
        }
    }

    @Test func startIsClampedToThePixels() throws {
        let wide = try Sampler(.linear(), settings: .published, formulation: .first, clip: nil)
        let narrow = try Sampler(.linear(), settings: .published, formulation: .first, clip: 0...0.25)
        expectClose(step(wide, index: 0), 0.4990249, relative: 1e-6, "unclamped")
        expectClose(step(narrow, index: 0), 0.25, relative: 1e-6, "clamped")
        var settings = SamplerSettings.published
        settings.clipsStart = false
        let unclipped = try Sampler(.linear(), settings: settings, formulation: .first, clip: 0...0.25)
        expectClose(step(unclipped, index: 0), 0.4990249, relative: 1e-6, "clamping switched off")
    }

    @Test func impossibleSettingsAreRefused() {
        for settings in [
            SamplerSettings(steps: 0), SamplerSettings(steps: 1001), SamplerSettings(eta: -1),
            SamplerSettings(eta: .nan),
            SamplerSettings(guidanceWeight: .infinity), SamplerSettings(guidanceWeight: -0.5),
        ] {
            #expect(throws: DiffusionError.self) { try sampler(settings) }
        }
    }
}
