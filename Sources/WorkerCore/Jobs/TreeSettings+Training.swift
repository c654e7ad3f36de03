import Models
import Wire

extension Grove_V1_TreeSettings {
    /// The preset that is named, with every value that is set put in its place.
    ///
    /// - Parameters:
    ///   - side: height and width of the images.
    ///   - channels: 1 or 3.
    package func training(side: Int, channels: Int, seed: UInt64) throws -> TreeTrainingSettings {
        let preset: TreeTrainingSettings.Preset = try SettingsWord.value(
            hasPreset ? self.preset : "small", of: "preset")
        var settings = TreeTrainingSettings.preset(preset, imageSize: side, imageChannels: channels)
        settings.seed = seed
        return try changed(settings)
    }

    /// `settings` with every value that is set put in its place.
    package func changed(_ settings: TreeTrainingSettings) throws -> TreeTrainingSettings {
        var settings = settings
        try apply(to: &settings.tree)
        apply(to: &settings)
        try applyStages(to: &settings)
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
        if hasRefitNorms { settings.refitsNorms = refitNorms }
        if hasWarmupSteps { settings.warmUpSteps = Int(warmupSteps) }
        if hasAugmentFinal { settings.augmentsFinal = augmentFinal }
        if hasRegrow { settings.regrowths = Int(regrow) }
        if hasIntermediateEvery { settings.splitsPerIntermediate = Int(intermediateEvery) }
        if hasPruneBelow {
            settings.prunes = pruneBelow > 0
            settings.minimumLeafShare = pruneBelow
        }
    }

    private func applyStages(to settings: inout TreeTrainingSettings) throws {
        if hasEpochsInitial { settings.initial.epochs = Int(epochsInitial) }
        if hasEpochsSplit { settings.split.epochs = Int(epochsSplit) }
        if hasEpochsIntermediate { settings.intermediate.epochs = Int(epochsIntermediate) }
        if hasEpochsFinal { settings.setFinalEpochs(Int(epochsFinal)) }
        // Before anything is counted with them: a stage's epochs are whole numbers.
        for (name, value) in [("kl_start", klStart), ("kl_step", klStep), ("decay_after", decayAfter)] {
            guard (0...1).contains(value) else {
                throw JobError(.invalidArgument, "\(name) is \(value); it must be from 0 to 1.")
            }
        }
        for stage in [\TreeTrainingSettings.initial, \.split, \.intermediate, \.final] {
            apply(to: &settings[keyPath: stage])
        }
    }

    private func apply(to stage: inout TreeStageSettings) {
        if hasKlStart {
            stage.klStart = klStart
            stage.klEnd = max(stage.klEnd, klStart)
        }
        if hasKlStep {
            // α = min(1, start + epoch · step): where it reaches 1 before the stage ends, it stays there.
            let epochs = Double(max(1, stage.epochs) - 1)
            let top = stage.klStart + klStep * epochs
            stage.klEnd = min(1, top)
            stage.klRampEpochs = top > 1 ? Int(((1 - stage.klStart) / klStep).rounded(.up)) + 1 : nil
        }
        if hasDecayAfter { stage.decayEpochs = max(1, Int((decayAfter * Double(stage.epochs)).rounded())) }
    }
}
