extension Grove_V1_TreeSettings {
    /// All settings of a tree, in the order in which they are listed.
    package static let fields: [SettingsField<Self>] = [
        .choice("preset", presets, \.preset, \.hasPreset, "what everything that is not set comes from"),
        .whole("latent_channels", 1...1024, \.latentChannels, \.hasLatentChannels, "latent channels of a node, C_z"),
        .whole(
            "bottom_up_channels", 1...4096, \.bottomUpChannels, \.hasBottomUpChannels,
            "channels of the bottom-up path, C_d"),
        .whole(
            "representation_size", 1...64, \.representationSize, \.hasRepresentationSize,
            "side of a latent in pixels, r"),
        .whole("levels", 1...16, \.levels, \.hasLevels, "levels of the bottom-up path, N_b"),
        .whole("leaves", 2...1024, \.leaves, \.hasLeaves, "leaves to grow"),
        .choice(
            "activation", ["swish", "leaky_relu", "relu"], \.activation, \.hasActivation,
            "activation between the convolutions"),
        .choice(
            "output", ["bce", "mse"], \.output, \.hasOutput, "bce: sigmoid output, mse: linear output"),
        .flag("residual_connections", \.residualConnections, \.hasResidualConnections, "residual blocks"),
        .flag("spectral_norm", \.spectralNorm, \.hasSpectralNorm, "spectral normalisation of the weights"),
        .flag(
            "resampling_convolutions", \.resamplingConvolutions, \.hasResamplingConvolutions,
            "learned down- and up-sampling"),
        .flag("contrastive", \.contrastive, \.hasContrastive, "contrastive losses on pairs of augmented views"),
        .number(
            "contrastive_weight", 0...10_000, \.contrastiveWeight, \.hasContrastiveWeight,
            "weight of the contrastive losses"),
        .whole("batch_size", 1...65_536, \.batchSize, \.hasBatchSize, "images of a step"),
        .number("learning_rate", 0...10, \.learningRate, \.hasLearningRate, "Adam's learning rate"),
        .number("weight_decay", 0...1, \.weightDecay, \.hasWeightDecay, "weight decay"),
        .number("kl_start", 0...1, \.klStart, \.hasKlStart, "weight of the KL terms at the start of a stage"),
        .number("kl_step", 0...1, \.klStep, \.hasKlStep, "what an epoch adds to that weight, up to 1"),
        .whole(
            "epochs_initial", 1...1_000_000, \.epochsInitial, \.hasEpochsInitial, "epochs of the first, smallest tree"),
        .whole("epochs_split", 1...1_000_000, \.epochsSplit, \.hasEpochsSplit, "epochs of a new split alone"),
        .whole(
            "epochs_intermediate", 0...1_000_000, \.epochsIntermediate, \.hasEpochsIntermediate,
            "epochs of the whole tree between splits"),
        .whole(
            "epochs_final", 0...1_000_000, \.epochsFinal, \.hasEpochsFinal, "epochs of the whole tree at the end"),
        .whole(
            "intermediate_every", 1...1024, \.intermediateEvery, \.hasIntermediateEvery,
            "splits from one training of the whole tree to the next"),
        .number(
            "prune_below", 0...0.5, \.pruneBelow, \.hasPruneBelow, "leaves with a smaller share of the images go"),
        .number(
            "decay_after", 0...1, \.decayAfter, \.hasDecayAfter,
            "share of a stage's epochs after which the learning rate falls tenfold"),
        .flag(
            "refit_norms", \.refitNorms, \.hasRefitNorms,
            "fit batch normalisations to all images when a split joins the tree"),
        .whole(
            "warmup_steps", 0...1_000_000, \.warmupSteps, \.hasWarmupSteps,
            "steps over which the learning rate rises where training goes on with a whole tree"),
        .whole(
            "regrow", 0...100, \.regrow, \.hasRegrow,
            "times that leaves which the final stage has emptied are pruned and grow anew"),
        .flag(
            "augment_final", \.augmentFinal, \.hasAugmentFinal,
            "whether the final stage sees augmented views, too; if not, and views were compared, it runs at 0.3 of the rate"
        ),
    ]

    static let presets = ["tiny", "small", "paper"]
}
