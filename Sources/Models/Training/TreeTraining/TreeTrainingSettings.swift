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

    /// What growth goes by.
    package var growthRules: GrowthDecision.Rules {
        GrowthDecision.Rules(
            clusters: clusters, minimumShare: minimumLeafShare, minimumMembers: max(2, minimumSplitImages ?? batchSize),
            maximumDepth: tree.maximumDepth)
    }

    /// Throws a sentence that names the first setting that cannot work.
    package func validate() throws(TreeError) {
        try tree.validate()
        try require(2 * views...65_536, batchSize, "batch size")
        try require(0...1, learningRate, "learning rate")
        try require(0...1, weightDecay, "weight decay")
        try require(2...1024, clusters, "number of clusters")
        try require(0...10_000, splitsPerIntermediate, "number of splits between intermediate stages")
        try require(0...10_000, maximumSplits, "largest number of splits")
        try require(0...0.5, minimumLeafShare, "smallest share of a leaf")
        try require(1...65_536, evaluationBatch, "evaluation batch")
        try require(0...1 << 50, featureCacheLimit, "limit of the feature cache")
        try require(0...1_000_000, warmUpSteps ?? 0, "number of warm-up steps")
        try require(0...100, regrowths ?? 0, "number of regrowths")
        if let minimumSplitImages { try require(1...1 << 40, minimumSplitImages, "fewest images of a split") }
        for (name, stage) in [("initial", initial), ("split", split), ("intermediate", intermediate), ("final", final)]
        {
            try require(0...100_000, stage.epochs, "number of \(name) epochs")
            try require(0...1, stage.klStart, "\(name) stage's first α")
            try require(0...1, stage.klEnd, "\(name) stage's last α")
            try require(1...100_000, stage.klRampEpochs ?? 1, "\(name) stage's α ramp")
            try require(1...100_000, stage.decayEpochs ?? 1, "\(name) stage's epochs between decays")
            try require(0...1, stage.rate ?? 1, "\(name) stage's part of the learning rate")
        }
    }

    private func require<Value: Comparable>(
        _ range: ClosedRange<Value>, _ value: Value, _ name: String
    ) throws(TreeError) {
        guard range.contains(value) else {
            throw TreeError(
                "The training's \(name) is \(value); it must be from \(range.lowerBound) to \(range.upperBound).")
        }
    }
}
