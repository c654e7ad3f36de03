/// How a tree is trained and grown. All values can be set; `preset` gives ones that belong together.
package struct TreeTrainingSettings: Codable, Sendable, Equatable {
    package var tree: TreeVAEConfiguration
    /// Images an optimiser step; both views of an image count.
    package var batchSize: Int
    package var learningRate: Double
    /// Coupled L2, on all parameters.
    package var weightDecay: Double
    /// The root and its two leaves.
    package var initial: TreeStageSettings
    /// Each small tree.
    package var split: TreeStageSettings
    /// The whole tree, before some of the splits.
    package var intermediate: TreeStageSettings
    /// The whole tree at the end, after pruning.
    package var final: TreeStageSettings
    /// Leaves in use at which growth ends.
    package var clusters: Int
    /// Train the whole tree before every n-th split; 0 for never.
    package var splitsPerIntermediate: Int
    /// Splits after which growth ends in any case.
    package var maximumSplits: Int
    /// The fewest images a leaf must have to be split; nil for a batch.
    package var minimumSplitImages: Int?
    /// The share of all images, or of all probability, that makes a leaf one that is in use.
    package var minimumLeafShare: Double
    package var prunes: Bool
    /// Fit batch normalisations to all images when a small tree joins the tree (`TreeVAE.refitNorms`); the authors do not.
    /// Not, where settings were written before this could be chosen.
    package var refitsNorms: Bool?
    /// Steps over which the learning rate rises in stages that go on with a whole tree; none where settings were written
    /// before this could be chosen. A new optimiser's first steps are as large as the learning rate in every weight,
    /// however small the gradient.
    package var warmUpSteps: Int?
    /// Times that leaves which a final stage has emptied are pruned and grow anew elsewhere, before a shorter final stage;
    /// none, as the authors do, where settings were written before this could be chosen.
    package var regrowths: Int?
    /// Whether the final stage, too, sees augmented views where the settings ask for them, as the authors' does; it does,
    /// where settings were written before this could be chosen. Otherwise it sees the images themselves, which are what the
    /// leaves are to draw, and nothing is compared.
    package var augmentsFinal: Bool?
    /// Images a pass where nothing is trained.
    package var evaluationBatch: Int
    /// Bytes that a split's features of the frozen tree may take; without room they are computed at every step.
    package var featureCacheLimit: Int
    package var seed: UInt64

    package init(
        tree: TreeVAEConfiguration, batchSize: Int = 256, learningRate: Double = 1e-3, weightDecay: Double = 1e-5,
        initial: TreeStageSettings, split: TreeStageSettings, intermediate: TreeStageSettings,
        final: TreeStageSettings, clusters: Int = 10, splitsPerIntermediate: Int = 3, maximumSplits: Int = 150,
        minimumSplitImages: Int? = nil, minimumLeafShare: Double = 0.01, prunes: Bool = true,
        refitsNorms: Bool = false, warmUpSteps: Int = 0, regrowths: Int = 0, augmentsFinal: Bool = true,
        evaluationBatch: Int = 256, featureCacheLimit: Int = 1 << 30, seed: UInt64 = 42
    ) {
        self.tree = tree
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.weightDecay = weightDecay
        self.initial = initial
        self.split = split
        self.intermediate = intermediate
        self.final = final
        self.clusters = clusters
        self.splitsPerIntermediate = splitsPerIntermediate
        self.maximumSplits = maximumSplits
        self.minimumSplitImages = minimumSplitImages
        self.minimumLeafShare = minimumLeafShare
        self.prunes = prunes
        self.refitsNorms = refitsNorms
        self.warmUpSteps = warmUpSteps
        self.regrowths = regrowths
        self.augmentsFinal = augmentsFinal
        self.evaluationBatch = evaluationBatch
        self.featureCacheLimit = featureCacheLimit
        self.seed = seed
    }

    /// Views of each image in a batch of the stages that compare them.
    package var views: Int { tree.isContrastive ? 2 : 1 }

    /// Refuses the first setting that cannot work.
    package func check() throws(SettingsError) {
        try tree.check()
        try checkBatch()
        try TrainingBounds.learningRate.require(learningRate, "learning_rate")
        try TrainingBounds.weightDecay.require(weightDecay, "weight_decay")
        try TreeBounds.leaves.require(clusters, "leaves")
        try TreeBounds.splitsPerIntermediate.require(splitsPerIntermediate, "intermediate_every")
        try TreeBounds.leafShare.require(minimumLeafShare, "prune_below")
        try TreeBounds.warmUpSteps.require(warmUpSteps ?? 0, "warmup_steps")
        try TreeBounds.regrowths.require(regrowths ?? 0, "regrow")
        try checkWhatIsNotSet()
        for (name, stage) in [("initial", initial), ("split", split), ("intermediate", intermediate), ("final", final)]
        {
            try stage.check(name)
        }
        let parameters = tree.parameterCount(leaves: clusters)
        guard parameters <= TreeBounds.parameters else {
            throw SettingsError(
                "leaves",
                "and channels make a tree of \(parameters) parameters, at most \(TreeBounds.parameters) are allowed; "
                    + "lower leaves, bottom_up_channels, latent_channels or representation_size")
        }
    }

    private func checkBatch() throws(SettingsError) {
        try TrainingBounds.normalisedBatchSize.require(batchSize, "batch_size")
        guard batchSize >= smallestBatch else {
            throw SettingsError(
                "batch_size",
                "must be at least \(smallestBatch) where two views of each image are compared, not \(batchSize); "
                    + "set more, or contrastive=false")
        }
    }

    /// Values that only files and presets have.
    private func checkWhatIsNotSet() throws(SettingsError) {
        try (0...10_000).require(maximumSplits, "maximum_splits")
        try TrainingBounds.batchSize.require(evaluationBatch, "evaluation_batch")
        try (0...1 << 50).require(featureCacheLimit, "feature_cache_limit")
        try (1...1 << 40).require(minimumSplitImages ?? 1, "minimum_split_images")
    }

    /// Two different images a step, with all their views.
    private var smallestBatch: Int { TrainingBounds.normalisedBatchSize.lowerBound * views }

    /// Refuses images of which there are too few for a batch.
    package func check(images count: Int) throws(SettingsError) {
        let fewest = TrainingBounds.normalisedBatchSize.lowerBound
        guard count >= fewest else { throw SettingsError.tooFew(count, atLeast: fewest) }
        guard count >= batchSize / views else {
            throw SettingsError.batch(of: batchSize, on: count, atMost: count * views)
        }
    }
}
