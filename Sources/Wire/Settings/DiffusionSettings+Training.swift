import ModelSettings

/// From what was asked for to what runs; a broker refuses by it, and a worker trains by it.
extension Grove_V1_DiffusionSettings {
    /// The training of these settings on these images: the preset, with every value that is set put in its place.
    /// - Throws: `RPCError` INVALID_ARGUMENT for the first thing that cannot work.
    package func training(on images: TrainingImages, seed: UInt64) throws(RPCError) -> DiffusionTrainingSettings {
        try refusing { () throws(SettingsError) in
            let preset: DiffusionTrainingSettings.Preset = try SettingsWord.value(
                presetName, of: "preset")
            var settings = DiffusionTrainingSettings.preset(
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
    package func changed(_ settings: DiffusionTrainingSettings) throws(RPCError) -> DiffusionTrainingSettings {
        try refusing { () throws(SettingsError) in try applied(to: settings) }
    }

    /// Refuses what no images would make possible.
    func checkAlone() throws(RPCError) {
        try TrainingImages.findingSome(halvedTo: attentionSizes.max().map { Int($0) }) { images throws(RPCError) in
            _ = try training(on: images, seed: 0)
        }
    }

    private func refusing<Value>(_ body: () throws(SettingsError) -> Value) throws(RPCError) -> Value {
        do { return try body() } catch { throw RPCError(error, of: "train_diffusion") }
    }

    private func applied(to settings: DiffusionTrainingSettings) throws(SettingsError) -> DiffusionTrainingSettings {
        // Before anything is counted with them.
        try Self.fields.check(self)
        var settings = settings
        try apply(to: &settings.network)
        try applyProcess(to: &settings)
        applyTraining(to: &settings)
        try settings.check()
        return settings
    }

    private func apply(to network: inout UNetConfiguration) throws(SettingsError) {
        if hasModelChannels { network.modelChannels = Int(modelChannels) }
        if !channelMultipliers.isEmpty { network.channelMultipliers = channelMultipliers.map { Int($0) } }
        if hasResidualBlocks { network.residualBlocks = Int(residualBlocks) }
        if hasHeads { network.attentionHeads = Int(heads) }
        if hasNormGroups { network.groups = Int(normGroups) }
        if hasDropout { network.dropout = dropout }
        if hasPadding { network.paddingRule = try SettingsWord.value(padding, of: "padding") }
        if !attentionSizes.isEmpty { network.attentionDownsample = try attentionFactors(in: network) }
        if hasLeafConditioning {
            network.seesLeaf = leafConditioning != "none"
            if network.seesLeaf { network.leafSignal = leafConditioning == "index" ? .index : .embedding }
        }
    }

    /// What the image is divided by where there is attention.
    private func attentionFactors(in network: UNetConfiguration) throws(SettingsError) -> [Int] {
        let sides = network.channelMultipliers.indices.map { network.paddedSize >> $0 }
        var factors: [Int] = []
        for size in attentionSizes {
            guard let level = sides.firstIndex(of: Int(size)) else {
                let known = sides.map(String.init).joined(separator: ", ")
                throw SettingsError(
                    "attention_sizes",
                    "must be among the sides that the U-Net works at, \(known) for images of \(network.imageSize) pixels, "
                        + "not \(size)")
            }
            factors.append(1 << level)
        }
        return factors
    }

    private func applyProcess(to settings: inout DiffusionTrainingSettings) throws(SettingsError) {
        if hasFormulation { settings.formulation = formulation == 1 ? .first : .second }
        if hasPixelRange { settings.pixelRange = try SettingsWord.value(pixelRange, of: "pixel_range") }
        if hasLoss { settings.loss = try SettingsWord.value(loss, of: "loss") }
    }

    private func applyTraining(to settings: inout DiffusionTrainingSettings) {
        if hasBatchSize { settings.batchSize = Int(batchSize) }
        if hasSteps {
            settings.steps = Int(steps)
            // The warm-up keeps its share of the run unless it is set as well.
            settings.warmUpSteps = min(settings.warmUpSteps, settings.steps / 20)
        }
        if hasWarmupSteps { settings.warmUpSteps = Int(warmupSteps) }
        if hasLearningRate { settings.learningRate = learningRate }
        if hasGradientClip { settings.gradientClip = gradientClip > 0 ? gradientClip : nil }
        if hasEmaDecay { settings.averageDecay = emaDecay }
        if hasEmaWarmup { settings.averageWarmUp = emaWarmup }
        if hasConditionDropRate { settings.dropRate = conditionDropRate }
    }
}
