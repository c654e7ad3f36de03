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

    /// What a run that goes on must keep.
    package struct Process: Equatable {
        package let network: UNetConfiguration
        package let pixelRange: PixelRange
        package let formulation: Formulation
    }

    package var process: Process { Process(network: network, pixelRange: pixelRange, formulation: formulation) }

    /// These settings for a tree of so many leaves; an embedding table gets its size from it.
    package func forTree(leafCount: Int) -> DiffusionTrainingSettings {
        var settings = self
        if network.seesLeaf, network.leafSignal == .embedding { settings.network.leafCount = leafCount }
        return settings
    }

    /// Refuses the first setting that cannot work. The tree need not be known yet.
    package func check() throws(SettingsError) {
        try (network.leafCount == 0 ? forTree(leafCount: 1) : self).network.check()
        try DiffusionBounds.steps.require(steps, "steps")
        try TrainingBounds.batchSize.require(batchSize, "batch_size")
        try TrainingBounds.batchSize.require(imagesPerPass, "images_per_pass")
        try DiffusionBounds.warmUpSteps.require(warmUpSteps, "warmup_steps")
        try TrainingBounds.learningRate.require(learningRate, "learning_rate")
        try DiffusionBounds.averageDecay.require(averageDecay, "ema_decay")
        try DiffusionBounds.dropRate.require(dropRate, "condition_drop_rate")
        try DiffusionBounds.gradientClip.require(gradientClip ?? 0, "gradient_clip")
        guard gradientClip != 0 else {
            throw SettingsError("gradient_clip", "must be above 0 where there is one, or a step would move nothing")
        }
    }

    /// Refuses images of which there are too few for a batch.
    package func check(images count: Int) throws(SettingsError) {
        guard count >= 1 else { throw SettingsError.tooFew(count, atLeast: 1) }
        guard count >= batchSize else { throw SettingsError.batch(of: batchSize, on: count, atMost: count) }
    }
}
