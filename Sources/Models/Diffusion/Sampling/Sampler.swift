import Glibc

/// One reverse step of a diffusion process, image by image; the network's prediction is an argument.
package struct Sampler: Sendable {
    /// The steps that are visited, ascending; sampling walks them from the last to the first.
    package let schedule: DiffusionSchedule
    package let settings: SamplerSettings
    package let formulation: Formulation
    /// Where x̂_0 is clamped to; nil where it is not.
    package let clip: ClosedRange<Float>?

    /// √ᾱ and √(1 - ᾱ) of the *full* schedule's last step, which x_T is made with whatever the respacing (as published).
    private let startSignal: Double
    private let startNoise: Double

    /// Throws if the settings cannot be met on `schedule`, the one that the model was trained with.
    package init(
        _ schedule: DiffusionSchedule, settings: SamplerSettings, formulation: Formulation, clip: ClosedRange<Float>?
    ) throws(DiffusionError) {
        try settings.validate()
        self.schedule = try schedule.respaced(settings.respacing, steps: settings.steps)
        self.settings = settings
        self.formulation = formulation
        self.clip = settings.clipsStart ? clip : nil
        startSignal = schedule.signal(schedule.count - 1)
        startNoise = schedule.noise(schedule.count - 1)
    }

    package var steps: Int { schedule.count }

    /// The original step index that the network is told at the k-th reverse step, k from 0.
    package func timestep(_ k: Int) -> Int { schedule.timesteps[steps - 1 - k] }

    /// x_T = √ᾱ_T image + √(1 - ᾱ_T) noise, in place of `noise`; formulation 2 adds x̂.
    /// Without an image the noise stays as it is.
    package func start(
        _ noise: UnsafeMutablePointer<Float>, count: Int, image: UnsafePointer<Float>?,
        reconstruction: UnsafePointer<Float>?
    ) {
        if let image {
            for index in 0..<count {
                noise[index] = Float(startSignal * Double(image[index]) + startNoise * Double(noise[index]))
            }
        }
        if formulation == .second, let reconstruction {
            for index in 0..<count { noise[index] += reconstruction[index] }
        }
    }

    /// Whether the k-th reverse step adds noise; if not, `advance` reads none.
    package func needsNoise(_ k: Int) -> Bool { coefficients(k).deviation != 0 }

    /// Replaces x_t by x_{t-1} at the k-th reverse step.
    package func advance(
        _ x: UnsafeMutablePointer<Float>, count: Int, step k: Int, predictedNoise: UnsafePointer<Float>,
        reconstruction: UnsafePointer<Float>?, noise: UnsafePointer<Float>?
    ) {
        let c = coefficients(k)
        precondition(c.deviation == 0 || noise != nil, "Sampler: step \(k) adds noise, and none was given")
        let lower = clip.map { Double($0.lowerBound) } ?? -.infinity
        let upper = clip.map { Double($0.upperBound) } ?? .infinity
        for index in 0..<count {
            let current = Double(x[index])
            let predicted = Double(predictedNoise[index])
            let mean = reconstruction.map { Double($0[index]) } ?? 0
            let start = c.inverseSignal * (current - c.shift * mean) - c.inverseNoise * predicted
            let clamped = min(max(start, lower), upper)
            var next = c.ofStart * clamped + c.ofCurrent * current + c.ofPrediction * predicted + c.ofMean * mean
            if let noise { next += c.deviation * Double(noise[index]) }
            x[index] = Float(next)
        }
    }
}

extension Sampler {
    /// A step as one linear form: x̂_0 = inverseSignal (x_t - shift x̂) - inverseNoise ε̂, clamped, then
    /// x_{t-1} = ofStart x̂_0 + ofCurrent x_t + ofPrediction ε̂ + ofMean x̂ + deviation n.
    private struct Coefficients {
        var inverseSignal: Double
        var inverseNoise: Double
        var shift = 0.0
        var ofStart: Double
        var ofCurrent = 0.0
        var ofPrediction = 0.0
        var ofMean = 0.0
        var deviation = 0.0
    }

    private func coefficients(_ k: Int) -> Coefficients {
        let t = steps - 1 - k
        var c = settings.method == .ddpm ? ancestral(t) : implicit(t)
        if t == 0 { c.deviation = 0 }
        if formulation == .second {
            c.shift = 1
            // The mean's share, and after the last step x̂ is taken off again.
            c.ofMean = (settings.method == .ddpm ? 1 - c.ofCurrent : 1) - (t == 0 ? 1 : 0)
        }
        return c
    }

    /// The posterior mean with the fixed variance of the settings (Ho et al. 2020, equation 7).
    private func ancestral(_ t: Int) -> Coefficients {
        let logVariance =
            settings.variance == .fixedLarge ? schedule.largeLogVariance[t] : schedule.posteriorLogVariance[t]
        return Coefficients(
            inverseSignal: schedule.inverseSignal(t), inverseNoise: schedule.inverseNoise(t),
            ofStart: schedule.posteriorMeanOfStart[t], ofCurrent: schedule.posteriorMeanOfCurrent[t],
            deviation: exp(0.5 * logVariance))
    }

    /// Song et al. 2021, equation 12. ε̂ is the network's, not recomputed from the clamped x̂_0 (as published).
    private func implicit(_ t: Int) -> Coefficients {
        let (now, before) = (schedule.alphaBar[t], schedule.previousAlphaBar[t])
        let deviation = settings.eta * ((1 - before) / (1 - now)).squareRoot() * (1 - now / before).squareRoot()
        return Coefficients(
            inverseSignal: schedule.inverseSignal(t), inverseNoise: schedule.inverseNoise(t),
            ofStart: before.squareRoot(),
            ofPrediction: max(0, 1 - before - deviation * deviation).squareRoot(), deviation: deviation)
    }
}
