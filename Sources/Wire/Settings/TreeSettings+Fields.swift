import ModelSettings

extension Grove_V1_TreeSettings {
    /// All settings of a tree, in the order in which they are listed.
    package static let fields: [SettingsField<Self>] = [
        .choice(
            "preset", SettingsWord.all(TreeTrainingSettings.Preset.self), \.preset, \.hasPreset,
            "what everything that is not set comes from"),
        .whole(
            "latent_channels", TreeBounds.channels, \.latentChannels, \.hasLatentChannels,
            "latent channels of a node, C_z"),
        .whole(
            "bottom_up_channels", TreeBounds.channels, \.bottomUpChannels, \.hasBottomUpChannels,
            "channels of the bottom-up path, C_d"),
        .whole(
            "representation_size", TreeBounds.representationSize, \.representationSize, \.hasRepresentationSize,
            "side of a latent in pixels, r"),
        .whole("levels", TreeBounds.levels, \.levels, \.hasLevels, "levels of the bottom-up path, N_b"),
        .whole("leaves", TreeBounds.leaves, \.leaves, \.hasLeaves, "leaves to grow"),
        .choice(
            "activation", SettingsWord.all(TreeVAEConfiguration.HiddenActivation.self), \.activation, \.hasActivation,
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
            "contrastive_weight", TreeBounds.contrastiveWeight, \.contrastiveWeight, \.hasContrastiveWeight,
            "weight of the contrastive losses"),
        .whole("batch_size", TrainingBounds.normalisedBatchSize, \.batchSize, \.hasBatchSize, "images of a step"),
        .number(
            "learning_rate", TrainingBounds.learningRate, \.learningRate, \.hasLearningRate, "Adam's learning rate"),
        .number("weight_decay", TrainingBounds.weightDecay, \.weightDecay, \.hasWeightDecay, "weight decay"),
        .number(
            "kl_start", TreeBounds.alpha, \.klStart, \.hasKlStart, "weight of the KL terms at the start of a stage"),
        .number("kl_step", TreeBounds.alpha, \.klStep, \.hasKlStep, "what an epoch adds to that weight, up to 1"),
        .whole(
            "epochs_initial", TreeBounds.someEpochs, \.epochsInitial, \.hasEpochsInitial,
            "epochs of the first, smallest tree"),
        .whole("epochs_split", TreeBounds.someEpochs, \.epochsSplit, \.hasEpochsSplit, "epochs of a new split alone"),
        .whole(
            "epochs_intermediate", TreeBounds.epochs, \.epochsIntermediate, \.hasEpochsIntermediate,
            "epochs of the whole tree between splits"),
        .whole(
            "epochs_final", TreeBounds.epochs, \.epochsFinal, \.hasEpochsFinal, "epochs of the whole tree at the end"),
        .whole(
            "intermediate_every", TreeBounds.splitsPerIntermediate, \.intermediateEvery, \.hasIntermediateEvery,
            "splits from one training of the whole tree to the next, 0 for never"),
        .number(
            "prune_below", TreeBounds.leafShare, \.pruneBelow, \.hasPruneBelow,
            "leaves with a smaller share of the images go"),
        .number(
            "decay_after", TreeBounds.decayAfter, \.decayAfter, \.hasDecayAfter,
            "share of a stage's epochs after which the learning rate falls tenfold"),
        .flag(
            "refit_norms", \.refitNorms, \.hasRefitNorms,
            "fit batch normalisations to all images when a split joins the tree"),
        .whole(
            "warmup_steps", TreeBounds.warmUpSteps, \.warmupSteps, \.hasWarmupSteps,
            "steps over which the learning rate rises where training goes on with a whole tree"),
        .whole(
            "regrow", TreeBounds.regrowths, \.regrow, \.hasRegrow,
            "times that leaves which the final stage has emptied are pruned and grow anew"),
        .flag(
            "augment_final", \.augmentFinal, \.hasAugmentFinal,
            "whether the final stage sees augmented views, too; if not, and views were compared, it runs at 0.3 of the rate"
        ),
    ]
}
