import Models
import Wire

extension Grove_V1_TreeSettings {
    /// The preset that is named, with every value that is set put in its place.
    ///
    /// - Parameters:
    ///   - side: height and width of the images.
    ///   - channels: 1 or 3.
    func training(side: Int, channels: Int, seed: UInt64) throws -> TreeTrainingSettings {
        let preset: TreeTrainingSettings.Preset = try SettingsWord.value(
            hasPreset ? self.preset : "small", of: "preset")
        var settings = TreeTrainingSettings.preset(preset, imageSize: side, imageChannels: channels)
        settings.seed = seed
        try apply(to: &settings.tree)
        apply(to: &settings)
        applyStages(to: &settings)
        try settings.validate()
        return settings
    }

    private func apply(to tree: inout TreeVAEConfiguration) throws {
        let count = hasLevels ? Int(levels) : tree.levels
        guard (2...32).contains(count) else {
            throw JobError(.invalidArgument, "levels is \(count); it must be from 2 to 32.")
        }
        let latent = hasLatentChannels ? Int(latentChannels) : tree.latentChannels[0]
        let feature = hasBottomUpChannels ? Int(bottomUpChannels) : tree.bottomUpChannels[0]
        tree.latentChannels = Array(repeating: latent, count: count)
        tree.bottomUpChannels = Array(repeating: feature, count: count)
        if hasRepresentationSize { tree.representationSize = Int(representationSize) }
        if hasActivation {
            guard let value = TreeVAEConfiguration.HiddenActivation(rawValue: activation) else {
                throw SettingsWord.unknown(activation, of: "activation", ["swish", "leaky_relu", "relu"])
            }
            tree.hiddenActivation = value
        }
        if hasOutput {
            switch output {
            case "bce": tree.output = .sigmoid
            case "mse": tree.output = .linear
            default: throw SettingsWord.unknown(output, of: "output", ["bce", "mse"])
            }
        }
        if hasResidualConnections { tree.residualConnections = residualConnections }
        if hasSpectralNorm { tree.spectralNorm = spectralNorm }
        if hasResamplingConvolutions { tree.learnedResampling = resamplingConvolutions }
        if hasContrastive {
            tree.augment = contrastive
            tree.augmentationMethods = contrastive ? [.decisions, .everyLevel] : [.simple]
        }
        if hasContrastiveWeight { tree.augmentationWeight = contrastiveWeight }
    }

    private func apply(to settings: inout TreeTrainingSettings) {
        if hasLeaves { settings.clusters = Int(leaves) }
        if hasBatchSize { settings.batchSize = Int(batchSize) }
        if hasLearningRate { settings.learningRate = learningRate }
        if hasWeightDecay { settings.weightDecay = weightDecay }
        if hasIntermediateEvery { settings.splitsPerIntermediate = Int(intermediateEvery) }
        if hasPruneBelow {
            settings.prunes = pruneBelow > 0
            settings.minimumLeafShare = pruneBelow
        }
    }

    private func applyStages(to settings: inout TreeTrainingSettings) {
        if hasEpochsInitial { settings.initial.epochs = Int(epochsInitial) }
        if hasEpochsSplit { settings.split.epochs = Int(epochsSplit) }
        if hasEpochsIntermediate { settings.intermediate.epochs = Int(epochsIntermediate) }
        if hasEpochsFinal {
            settings.final.epochs = Int(epochsFinal)
            settings.final.klRampEpochs = max(1, settings.final.epochs / 2 + 1)
        }
        for stage in [\TreeTrainingSettings.initial, \.split, \.intermediate, \.final] {
            if hasKlStart { settings[keyPath: stage].klStart = klStart }
            if hasKlStep {
                let epochs = settings[keyPath: stage].epochs
                settings[keyPath: stage].klRampEpochs = nil
                settings[keyPath: stage].klEnd = min(
                    1, settings[keyPath: stage].klStart + klStep * Double(max(0, epochs - 1)))
            }
            if hasDecayAfter {
                settings[keyPath: stage].decayEpochs = max(
                    1, Int((decayAfter * Double(settings[keyPath: stage].epochs)).rounded()))
            }
        }
    }
}
