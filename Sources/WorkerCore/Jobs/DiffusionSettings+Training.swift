import Models
import Wire

extension Grove_V1_DiffusionSettings {
    /// The preset that is named, with every value that is set put in its place.
    ///
    /// - Parameters:
    ///   - side: height and width of the images.
    ///   - channels: 1 or 3.
    package func training(side: Int, channels: Int, seed: UInt64) throws -> DiffusionTrainingSettings {
        let preset: DiffusionTrainingSettings.Preset = try SettingsWord.value(
            hasPreset ? self.preset : "small", of: "preset")
        var settings = DiffusionTrainingSettings.preset(preset, imageSize: side, imageChannels: channels)
        settings.seed = seed
        return try changed(settings)
    }

    /// `settings` with every value that is set put in its place.
    package func changed(_ settings: DiffusionTrainingSettings) throws -> DiffusionTrainingSettings {
        var settings = settings
        try apply(to: &settings.network)
        try applyProcess(to: &settings)
        applyTraining(to: &settings)
        try settings.validate()
        return settings
    }

    private func apply(to network: inout UNetConfiguration) throws {
        if hasModelChannels { network.modelChannels = Int(modelChannels) }
        if !channelMultipliers.isEmpty { network.channelMultipliers = channelMultipliers.map { Int($0) } }
        if hasResidualBlocks { network.residualBlocks = Int(residualBlocks) }
        if hasHeads { network.attentionHeads = Int(heads) }
        if hasNormGroups { network.groups = Int(normGroups) }
        if hasDropout { network.dropout = dropout }
        if hasPadding { network.paddingRule = try SettingsWord.value(padding, of: "padding") }
        if !attentionSizes.isEmpty {
            let sides = network.channelMultipliers.indices.map { network.paddedSize >> $0 }
            network.attentionDownsample = try attentionSizes.map { size in
                guard let level = sides.firstIndex(of: Int(size)) else {
                    let known = sides.map(String.init).joined(separator: ", ")
                    throw JobError(
                        .invalidArgument, "attention_sizes has \(size), but the U-Net works at \(known) pixels a side.")
                }
                return 1 << level
            }
        }
        if hasLeafConditioning {
            switch leafConditioning {
            case "none": network.seesLeaf = false
            case "index", "embedding":
                network.seesLeaf = true
                network.leafSignal = leafConditioning == "index" ? .index : .embedding
            default:
                throw SettingsWord.unknown(leafConditioning, of: "leaf_conditioning", ["index", "embedding", "none"])
            }
        }
    }

    private func applyProcess(to settings: inout DiffusionTrainingSettings) throws {
        if hasFormulation {
            guard let chosen = Formulation(rawValue: Int(formulation)) else {
                throw SettingsWord.unknown("\(formulation)", of: "formulation", ["1", "2"])
            }
            settings.formulation = chosen
        }
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

    /// How the frozen tree picks the leaf that a training image is seen through.
    package func leafChoiceValue() throws -> Models.LeafChoice {
        switch hasLeafChoice ? leafChoice : "drawn" {
        case "drawn": .sample
        case "most_probable": .argmax
        case let other: throw SettingsWord.unknown(other, of: "leaf_choice", ["drawn", "most_probable"])
        }
    }
}

/// Settings whose values are words.
enum SettingsWord {
    static func value<Value: RawRepresentable<String> & CaseIterable>(_ word: String, of key: String) throws -> Value {
        guard let value = Value(rawValue: word) else { throw unknown(word, of: key, Value.allCases.map(\.rawValue)) }
        return value
    }

    static func unknown(_ word: String, of key: String, _ known: [String]) -> JobError {
        JobError(.invalidArgument, "'\(word)' is no value of \(key): use \(known.joined(separator: " or ")).")
    }
}
