extension Grove_V1_DiffusionSettings {
    /// All settings of a diffusion model, in the order in which they are listed.
    package static let fields: [SettingsField<Self>] = [
        .choice(
            "preset", Grove_V1_TreeSettings.presets, \.preset, \.hasPreset, "what everything that is not set comes from"
        ),
        .whole("model_channels", 4...1024, \.modelChannels, \.hasModelChannels, "channels of the U-Net's first level"),
        .wholes(
            "channel_multipliers", 1...64, count: 8, \.channelMultipliers,
            "channels of each level, as multiples of that"),
        .whole("residual_blocks", 1...8, \.residualBlocks, \.hasResidualBlocks, "residual blocks of a level"),
        .wholes(
            "attention_sizes", 1...512, count: 8, \.attentionSizes, "sides in pixels at which there is attention"),
        .whole("heads", 1...64, \.heads, \.hasHeads, "attention heads"),
        .whole("norm_groups", 1...256, \.normGroups, \.hasNormGroups, "groups of the group normalisation"),
        .number("dropout", 0...0.9, \.dropout, \.hasDropout, "dropout in the residual blocks"),
        .choice(
            "leaf_conditioning", ["index", "embedding", "none"], \.leafConditioning, \.hasLeafConditioning,
            "how the U-Net learns of the leaf"),
        .whole("formulation", 1...2, \.formulation, \.hasFormulation, "1 or 2, as in DiffuseVAE"),
        .choice(
            "padding", ["published", "native"], \.padding, \.hasPadding, "images padded to a power of two, or not"),
        .choice(
            "pixel_range", ["zero_one", "minus_one_one"], \.pixelRange, \.hasPixelRange, "range of the pixels inside"),
        .whole("batch_size", 1...65_536, \.batchSize, \.hasBatchSize, "images of a step"),
        .whole("steps", 1...100_000_000, \.steps, \.hasSteps, "training steps"),
        .number("learning_rate", 0...10, \.learningRate, \.hasLearningRate, "Adam's learning rate"),
        .whole(
            "warmup_steps", 0...100_000_000, \.warmupSteps, \.hasWarmupSteps, "steps over which the learning rate rises"
        ),
        .number("gradient_clip", 0...1_000_000, \.gradientClip, \.hasGradientClip, "largest norm of the gradient"),
        .number("ema_decay", 0...1, \.emaDecay, \.hasEmaDecay, "decay of the averaged weights"),
        .flag("ema_warmup", \.emaWarmup, \.hasEmaWarmup, "a smaller decay at the start"),
        .number(
            "condition_drop_rate", 0...1, \.conditionDropRate, \.hasConditionDropRate,
            "share of examples without condition, for classifier-free guidance"),
        .choice("loss", ["l2", "l1"], \.loss, \.hasLoss, "distance between the noise and its prediction"),
        .choice(
            "leaf_choice", ["drawn", "most_probable"], \.leafChoice, \.hasLeafChoice, "which leaf an example is given"),
    ]
}
