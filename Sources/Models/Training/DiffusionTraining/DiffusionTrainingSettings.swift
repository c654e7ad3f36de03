/// How a diffusion model is trained. All values can be set; `preset` gives ones that belong together.
package struct DiffusionTrainingSettings: Codable, Sendable, Equatable {
    package enum Loss: String, Codable, Sendable, CaseIterable {
        /// Mean of (ε - ε̂)².
        case l2
        /// Mean of |ε - ε̂|.
        case l1
    }

    /// What loses its conditions together, where the drop rate is above 0.
    package enum DropUnit: String, Codable, Sendable, CaseIterable {
        case image
        /// As published.
        case batch
    }

    package var network: UNetConfiguration
    package var pixelRange: PixelRange
    package var formulation: Formulation
    /// Optimiser steps.
    package var steps: Int
    package var batchSize: Int
    /// Images that go through the network at once; a batch's gradients are summed over such passes. Bounds memory.
    package var imagesPerPass: Int
    package var learningRate: Double
    /// Steps over which the learning rate grows linearly from 0.
    package var warmUpSteps: Int
    /// Bound on the norm of all gradients; nil for none.
    package var gradientClip: Double?
    package var averageDecay: Double
    /// Whether the moving average forgets its random start quickly (decay at most (1 + k) / (10 + k)).
    package var averageWarmUp: Bool
    package var loss: Loss
    /// Share of images (or batches) that are shown without x̂ and leaf, for classifier-free guidance.
    package var dropRate: Double
    package var dropUnit: DropUnit
    package var seed: UInt64

    package init(
        network: UNetConfiguration, pixelRange: PixelRange = .minusOneOne, formulation: Formulation = .first,
        steps: Int, batchSize: Int, imagesPerPass: Int = 16, learningRate: Double = 2e-4, warmUpSteps: Int,
        gradientClip: Double? = 1, averageDecay: Double = 0.9999, averageWarmUp: Bool = true, loss: Loss = .l2,
        dropRate: Double = 0, dropUnit: DropUnit = .image, seed: UInt64 = 42
    ) {
        self.network = network
        self.pixelRange = pixelRange
        self.formulation = formulation
        self.steps = steps
        self.batchSize = batchSize
        self.imagesPerPass = imagesPerPass
        self.learningRate = learningRate
        self.warmUpSteps = warmUpSteps
        self.gradientClip = gradientClip
        self.averageDecay = averageDecay
        self.averageWarmUp = averageWarmUp
        self.loss = loss
        self.dropRate = dropRate
        self.dropUnit = dropUnit
        self.seed = seed
    }

    /// These settings for a tree of so many leaves; an embedding table gets its size from it.
    func forTree(leafCount: Int) -> DiffusionTrainingSettings {
        var settings = self
        if network.seesLeaf, network.leafSignal == .embedding { settings.network.leafCount = leafCount }
        return settings
    }

    /// Throws a sentence that names the first setting that cannot work. The tree need not be known yet.
    package func validate() throws(DiffusionError) {
        try (network.leafCount == 0 ? forTree(leafCount: 1) : self).network.validate()
        try require(1...100_000_000, steps, "steps")
        try require(1...65_536, batchSize, "batch size")
        try require(1...65_536, imagesPerPass, "number of images a pass")
        try require(0...100_000_000, warmUpSteps, "number of warm-up steps")
        try require(0...1, learningRate, "learning rate")
        try require(0...1, averageDecay, "decay of the moving average")
        try require(0...1, dropRate, "drop rate")
        if let gradientClip { try require(1e-12...1e12, gradientClip, "gradient clip") }
    }

    private func require<Value: Comparable>(
        _ range: ClosedRange<Value>, _ value: Value, _ name: String
    ) throws(DiffusionError) {
        guard range.contains(value) else {
            throw DiffusionError(
                "The training's \(name) is \(value); it must be from \(range.lowerBound) to \(range.upperBound).")
        }
    }
}
