import ModelSettings

extension Grove_V1_DiffusionSettings {
    /// All settings of a diffusion model, in the order in which they are listed.
    package static let fields: [SettingsField<Self>] = [
        .choice(
            "preset", SettingsWord.all(DiffusionTrainingSettings.Preset.self), \.preset, \.hasPreset,
            "what everything that is not set comes from"
        ),
        .whole(
            "model_channels", DiffusionBounds.modelChannels, \.modelChannels, \.hasModelChannels,
            "channels of the U-Net's first level, an even number"),
        .wholes(
            "channel_multipliers", DiffusionBounds.multiplier, count: DiffusionBounds.levels.upperBound,
            \.channelMultipliers,
            "channels of each level, as multiples of that"),
        .whole(
            "residual_blocks", DiffusionBounds.residualBlocks, \.residualBlocks, \.hasResidualBlocks,
            "residual blocks of a level"),
        .wholes(
            "attention_sizes", DiffusionBounds.attentionSize, count: DiffusionBounds.attentionSizes.upperBound,
            \.attentionSizes, "sides in pixels at which there is attention"),
        .whole(
            "heads", DiffusionBounds.heads, \.heads, \.hasHeads,
            "attention heads; they divide the channels under attention"),
        .whole(
            "norm_groups", DiffusionBounds.normGroups, \.normGroups, \.hasNormGroups,
            "groups of the group normalisation; they divide the channels of every level"),
        .number("dropout", DiffusionBounds.dropout, \.dropout, \.hasDropout, "dropout in the residual blocks"),
        .choice(
            "leaf_conditioning", ["index", "embedding", "none"], \.leafConditioning, \.hasLeafConditioning,
            "how the U-Net learns of the leaf"),
        .whole("formulation", 1...2, \.formulation, \.hasFormulation, "1 or 2, as in DiffuseVAE"),
        .choice(
            "padding", SettingsWord.all(UNetConfiguration.PaddingRule.self), \.padding, \.hasPadding,
            "images padded to a power of two, or not"),
        .choice(
            "pixel_range", SettingsWord.all(PixelRange.self), \.pixelRange, \.hasPixelRange,
            "range of the pixels inside"),
        .whole("batch_size", TrainingBounds.batchSize, \.batchSize, \.hasBatchSize, "images of a step"),
        .whole("steps", DiffusionBounds.steps, \.steps, \.hasSteps, "training steps"),
        .number(
            "learning_rate", TrainingBounds.learningRate, \.learningRate, \.hasLearningRate, "Adam's learning rate"),
        .whole(
            "warmup_steps", DiffusionBounds.warmUpSteps, \.warmupSteps, \.hasWarmupSteps,
            "steps over which the learning rate rises"
        ),
        .number(
            "gradient_clip", DiffusionBounds.gradientClip, \.gradientClip, \.hasGradientClip,
            "largest norm of the gradient, 0 for any"),
        .number("ema_decay", DiffusionBounds.averageDecay, \.emaDecay, \.hasEmaDecay, "decay of the averaged weights"),
        .flag("ema_warmup", \.emaWarmup, \.hasEmaWarmup, "a smaller decay at the start"),
        .number(
            "condition_drop_rate", DiffusionBounds.dropRate, \.conditionDropRate, \.hasConditionDropRate,
            "share of examples without condition, for classifier-free guidance"),
        .choice(
            "loss", SettingsWord.all(DiffusionTrainingSettings.Loss.self), \.loss, \.hasLoss,
            "distance between the noise and its prediction"),
        .choice(
            "leaf_choice", leafChoices, \.leafChoice, \.hasLeafChoice, "which leaf an example is given"),
    ]

    /// The leaf that an example is drawn from, by its probability or the most probable one.
    package static let leafChoices = ["drawn", "most_probable"]
}
