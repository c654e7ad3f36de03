/// How a classifier is trained.
package struct ClassifierTrainingSettings: Codable, Sendable, Equatable {
    package var epochs: Int
    package var batchSize: Int
    /// Where the learning rate starts; it falls to zero along half a cosine.
    package var learningRate: Double
    package var weightDecay: Double
    package var seed: UInt64

    package init(
        epochs: Int = 5, batchSize: Int = 128, learningRate: Double = 2e-3, weightDecay: Double = 1e-4,
        seed: UInt64 = 42
    ) {
        self.epochs = epochs
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.weightDecay = weightDecay
        self.seed = seed
    }

    /// Refuses the first setting that cannot work.
    package func check() throws(SettingsError) {
        try ClassifierBounds.epochs.require(epochs, "epochs")
        try TrainingBounds.normalisedBatchSize.require(batchSize, "batch_size")
        try TrainingBounds.learningRate.require(learningRate, "learning_rate")
        try TrainingBounds.weightDecay.require(weightDecay, "weight_decay")
    }

    /// Refuses images of which there are too few for a batch.
    package func check(images count: Int) throws(SettingsError) {
        let fewest = TrainingBounds.normalisedBatchSize.lowerBound
        guard count >= fewest else { throw SettingsError.tooFew(count, atLeast: fewest) }
        guard count >= batchSize else { throw SettingsError.batch(of: batchSize, on: count, atMost: count) }
    }
}
