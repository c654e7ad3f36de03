extension Grove_V1_ClassifierSettings {
    /// All settings of a classifier, in the order in which they are listed.
    package static let fields: [SettingsField<Self>] = [
        .whole("batch_size", 2...65_536, \.batchSize, \.hasBatchSize, "images of a step"),
        .whole("epochs", 1...100_000, \.epochs, \.hasEpochs, "how often every image is shown"),
        .number(
            "learning_rate", 0...10, \.learningRate, \.hasLearningRate,
            "Adam's learning rate at the start; it falls to zero along half a cosine"),
        .number("weight_decay", 0...1, \.weightDecay, \.hasWeightDecay, "weight decay"),
    ]
}
