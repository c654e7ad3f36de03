extension TreeTrainingSettings {
    /// Sizes of training that belong together.
    package enum Preset: String, Codable, Sendable, CaseIterable {
        /// A small tree in minutes on a few cores.
        case tiny
        /// The paper's grey tree, compared views added, or half its colour tree; far fewer epochs.
        case small
        /// The paper's networks and epochs.
        case paper
    }

    /// Epochs of each stage.
    private struct Epochs {
        let initial: Int
        let split: Int
        let intermediate: Int
        let final: Int
    }

    /// The one table of how long presets train, grey and colour.
    private static func epochs(_ preset: Preset, grey: Bool) -> Epochs {
        switch (preset, grey) {
        case (.tiny, true): Epochs(initial: 10, split: 8, intermediate: 4, final: 10)
        case (.tiny, false): Epochs(initial: 10, split: 8, intermediate: 0, final: 5)
        // Whole trees that compare views gather two digits in one leaf again, so this one is not trained between splits.
        case (.small, true): Epochs(initial: 6, split: 6, intermediate: 0, final: 8)
        case (.small, false): Epochs(initial: 15, split: 12, intermediate: 0, final: 10)
        case (.paper, true): Epochs(initial: 150, split: 150, intermediate: 80, final: 200)
        // "To avoid node collapse" the authors train colour trees only in parts.
        case (.paper, false): Epochs(initial: 150, split: 150, intermediate: 0, final: 0)
        }
    }

    /// The settings of a preset for images of a size and a number of channels.
    ///
    /// Networks are the paper's or scaled from them; spectral normalisation, which only the paper's MNIST tree has, is off.
    /// Where stages are shorter than the paper's, α still ends where it ends there.
    package static func preset(_ preset: Preset, imageSize: Int, imageChannels: Int) -> TreeTrainingSettings {
        let grey = imageChannels == 1
        let tree = grey ? greyTree(preset, imageSize) : colourTree(preset, imageSize, imageChannels)
        let epochs = epochs(preset, grey: grey)
        let start = tree.initialKLWeight
        // 0.001 an epoch for grey images and 0.01 for colour, over 150 epochs.
        let end = min(1, start + 149 * (grey ? 0.001 : 0.01))
        let isPaper = preset == .paper
        func stage(_ epochs: Int, from start: Double, to end: Double, ramp: Int? = nil) -> TreeStageSettings {
            TreeStageSettings(
                epochs: epochs, klStart: start, klEnd: end, klRampEpochs: ramp, decayEpochs: isPaper ? 100 : nil)
        }
        // Short stages that go on with a grown tree begin with the α that its parts ended with: one epoch at the smallest α,
        // a 150th of the paper's stage, is a good part of theirs, and decisions forget in it what they had learned.
        // Their learning rate rises, too, lest the first steps of a new optimiser undo the splits.
        let keepsSplits = preset == .small
        let goingOn = keepsSplits ? end : start
        var settings = TreeTrainingSettings(
            tree: tree, initial: stage(epochs.initial, from: start, to: end),
            split: stage(epochs.split, from: start, to: end),
            intermediate: stage(epochs.intermediate, from: goingOn, to: end, ramp: isPaper ? 150 : nil),
            final: TreeStageSettings(epochs: epochs.final, klStart: goingOn, klEnd: 1),
            clusters: preset == .tiny ? 6 : 10, maximumSplits: isPaper ? 150 : 20, refitsNorms: keepsSplits,
            warmUpSteps: keepsSplits ? 100 : 0, regrowths: isPaper ? 0 : 1, augmentsFinal: !grey)
        settings.setFinalEpochs(epochs.final)
        return settings
    }

    /// As in the paper's 200 epochs, α grows to 1 in the first half of the final stage, and in the second half the learning
    /// rate is a tenth (of an odd number of epochs the last one is another half: a hundredth). At the full rate and α = 1 a
    /// short stage loses leaves.
    package mutating func setFinalEpochs(_ epochs: Int) {
        final.epochs = epochs
        final.klRampEpochs = max(1, epochs / 2 + 1)
        final.decayEpochs = max(1, epochs / 2)
    }

    private static func greyTree(_ preset: Preset, _ size: Int) -> TreeVAEConfiguration {
        let (latent, feature, levels) = preset == .tiny ? (8, 16, 5) : (16, 32, 7)
        // In stages this short the ELBO alone seldom tells 3, 5 and 8 apart; comparing views does. The weight of the colour
        // trees, 100, would leave little of an image in its latents.
        let compares = preset == .small
        return TreeVAEConfiguration(
            latentChannels: Array(repeating: latent, count: levels),
            bottomUpChannels: Array(repeating: feature, count: levels), representationSize: 2, imageSize: size,
            imageChannels: 1, architecture: .convolutional, augment: compares,
            augmentationMethods: compares ? [.decisions, .everyLevel] : [.simple], augmentationWeight: 20)
    }

    private static func colourTree(_ preset: Preset, _ size: Int, _ channels: Int) -> TreeVAEConfiguration {
        let (latent, feature, levels) =
            switch preset {
            case .tiny: (16, 32, 5)
            case .small: (32, 64, 7)
            case .paper: (64, 128, 7)
            }
        return TreeVAEConfiguration(
            output: .linear, residualConnections: true, latentChannels: Array(repeating: latent, count: levels),
            bottomUpChannels: Array(repeating: feature, count: levels), representationSize: 4, imageSize: size,
            imageChannels: channels, architecture: .residual, learnedResampling: true, augment: true,
            augmentationMethods: [.decisions, .everyLevel], augmentationWeight: 100, initialKLWeight: 0.01)
    }
}
