extension DiffusionTrainingSettings {
    /// Sizes of training that belong together.
    package enum Preset: String, Codable, Sendable, CaseIterable {
        /// Minutes on a few cores: digits become readable.
        case tiny
        /// Hours on a few cores.
        case small
        /// The paper's network and length; for many cores or much patience.
        case paper
    }

    /// The settings of a preset for images of a size and a number of channels.
    ///
    /// Against the paper's own settings all presets shuffle the images, centre the pixels and warm the moving average up;
    /// the shorter ones scale the learning rate's warm-up to a twentieth of the steps. The tiny one learns five times as
    /// fast: after 3,000 steps at the paper's rate its images were still grainy, at this one they are clean.
    package static func preset(_ preset: Preset, imageSize: Int, imageChannels: Int) -> DiffusionTrainingSettings {
        switch preset {
        case .tiny:
            let network = UNetConfiguration(
                imageChannels: imageChannels, imageSize: imageSize, modelChannels: 16, channelMultipliers: [1, 2, 2],
                residualBlocks: 1, attentionHeads: 4, groups: 8, paddingRule: imageSize % 4 == 0 ? .native : .published)
            return DiffusionTrainingSettings(
                network: network, steps: 10_000, batchSize: 64, imagesPerPass: 16, learningRate: 1e-3, warmUpSteps: 500)
        case .small:
            let network = UNetConfiguration(
                imageChannels: imageChannels, imageSize: imageSize, modelChannels: 32,
                channelMultipliers: [1, 2, 2, 2], residualBlocks: 2, attentionHeads: 4, dropout: 0.1)
            return DiffusionTrainingSettings(
                network: network, steps: 20_000, batchSize: 64, imagesPerPass: 16, warmUpSteps: 1000)
        case .paper:
            let network = UNetConfiguration(
                imageChannels: imageChannels, imageSize: imageSize, modelChannels: 64,
                channelMultipliers: [1, 2, 2, 2], residualBlocks: 2, attentionHeads: 8, dropout: 0.3)
            return DiffusionTrainingSettings(
                network: network, steps: imageChannels == 1 ? 234_000 : 195_000, batchSize: 256, imagesPerPass: 16,
                warmUpSteps: 5000)
        }
    }
}
