import ModelSettings

/// From what was asked for to what runs; a broker refuses by it, and a worker trains by it.
extension Grove_V1_TreeSettings {
    /// The training of these settings on these images: the preset, with every value that is set put in its place.
    /// - Throws: `RPCError` INVALID_ARGUMENT for the first thing that cannot work.
    package func training(on images: TrainingImages, seed: UInt64) throws(RPCError) -> TreeTrainingSettings {
        try refusing { () throws(SettingsError) in
            let preset: TreeTrainingSettings.Preset = try SettingsWord.value(
                presetName, of: "preset")
            var settings = TreeTrainingSettings.preset(
                preset, imageSize: try images.side(), imageChannels: images.channels)
            settings.seed = seed
            settings = try applied(to: settings)
            if let count = images.count { try settings.check(images: count) }
            return settings
        }
    }

    /// The preset that what is not set comes from.
    package var presetName: String { hasPreset ? preset : "small" }

    /// The settings of a run that goes on, with every value that is set put in its place.
    package func changed(_ settings: TreeTrainingSettings) throws(RPCError) -> TreeTrainingSettings {
        try refusing { () throws(SettingsError) in try applied(to: settings) }
    }

    /// Refuses what no images would make possible.
    func checkAlone() throws(RPCError) {
        let size = hasRepresentationSize ? Int(representationSize) : nil
        try TrainingImages.findingSome(halvedTo: size) { images throws(RPCError) in
            _ = try training(on: images, seed: 0)
        }
    }

    private func refusing<Value>(_ body: () throws(SettingsError) -> Value) throws(RPCError) -> Value {
        do { return try body() } catch { throw RPCError(error, of: "train_tree") }
    }

    private func applied(to settings: TreeTrainingSettings) throws(SettingsError) -> TreeTrainingSettings {
        // Before anything is counted with them.
        try Self.fields.check(self)
        var settings = settings
        try apply(to: &settings.tree)
        apply(to: &settings)
        applyStages(to: &settings)
        try settings.check()
        return settings
    }

    private func apply(to tree: inout TreeVAEConfiguration) throws(SettingsError) {
        let count = hasLevels ? Int(levels) : tree.levels
        let latent = hasLatentChannels ? Int(latentChannels) : tree.latentChannels[0]
        let feature = hasBottomUpChannels ? Int(bottomUpChannels) : tree.bottomUpChannels[0]
        tree.latentChannels = Array(repeating: latent, count: count)
        tree.bottomUpChannels = Array(repeating: feature, count: count)
        if hasRepresentationSize { tree.representationSize = Int(representationSize) }
        if hasActivation { tree.hiddenActivation = try SettingsWord.value(activation, of: "activation") }
        if hasOutput { tree.output = output == "bce" ? .sigmoid : .linear }
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

    private func applyStages(to settings: inout TreeTrainingSettings) {
        if hasEpochsInitial { settings.initial.epochs = Int(epochsInitial) }
        if hasEpochsSplit { settings.split.epochs = Int(epochsSplit) }
        if hasEpochsIntermediate { settings.intermediate.epochs = Int(epochsIntermediate) }
        if hasEpochsFinal { settings.setFinalEpochs(Int(epochsFinal)) }
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
