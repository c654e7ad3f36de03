import ModelSettings

extension Grove_V1_ClassifierSettings {
    /// All settings of a classifier, in the order in which they are listed.
    package static let fields: [SettingsField<Self>] = [
        .whole("batch_size", TrainingBounds.normalisedBatchSize, \.batchSize, \.hasBatchSize, "images of a step"),
        .whole("epochs", ClassifierBounds.epochs, \.epochs, \.hasEpochs, "how often every image is shown"),
        .number(
            "learning_rate", TrainingBounds.learningRate, \.learningRate, \.hasLearningRate,
            "Adam's learning rate at the start; it falls to zero along half a cosine"),
        .number("weight_decay", TrainingBounds.weightDecay, \.weightDecay, \.hasWeightDecay, "weight decay"),
    ]
}
