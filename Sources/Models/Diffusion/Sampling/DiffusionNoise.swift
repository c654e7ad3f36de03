import Neural

/// Where a sampling run's standard normal values come from.
package protocol DiffusionNoise {
    /// Fills `values` for one image: its part of x_T, or the noise of its k-th reverse step.
    func fill(_ values: UnsafeMutablePointer<Float>, count: Int, image: Int, draw: NoiseDraw)
}

/// What noise is drawn for.
package enum NoiseDraw: Sendable, Equatable {
    case start
    case step(Int)
}

/// Names one image's random numbers, so that it is the same alone and in any company.
package struct ImageKey: Hashable, Codable, Sendable {
    package var seed: UInt64
    /// The image's number under that seed.
    package var image: UInt32

    package init(seed: UInt64, image: UInt32) {
        self.seed = seed
        self.image = image
    }
}

/// Noise from counter-based generators: a function of (seed, image, step) and nothing else. Two images with one key
/// share all their noise, which is how the leaves of one draw are compared.
package struct KeyedDiffusionNoise: DiffusionNoise, Sendable {
    private let keys: [ImageKey]

    package init(_ keys: [ImageKey]) { self.keys = keys }

    package func fill(_ values: UnsafeMutablePointer<Float>, count: Int, image: Int, draw: NoiseDraw) {
        let key = keys[image]
        switch draw {
        case .start:
            RandomKey(seed: key.seed, use: DiffusionRandomUse.start, image: key.image).fillNormal(values, count)
        case .step(let k):
            RandomKey(seed: key.seed, use: DiffusionRandomUse.reverseStep, step: UInt32(k), image: key.image)
                .fillNormal(values, count)
        }
    }
}
