import ModelSettings

extension Grove_V1_ClassifierSettings {
    /// The training of these settings on these images: the standard ones, with every value that is set put in its place.
    ///
    /// - Parameter images: how many there are; nil where it is not known.
    /// - Throws: `RPCError` INVALID_ARGUMENT for the first thing that cannot work.
    package func training(on images: Int?, seed: UInt64) throws(RPCError) -> ClassifierTrainingSettings {
        do {
            try Self.fields.check(self)
            var settings = ClassifierTrainingSettings(seed: seed)
            if hasBatchSize { settings.batchSize = Int(batchSize) }
            if hasEpochs { settings.epochs = Int(epochs) }
            if hasLearningRate { settings.learningRate = learningRate }
            if hasWeightDecay { settings.weightDecay = weightDecay }
            try settings.check()
            if let images { try settings.check(images: images) }
            return settings
        } catch {
            throw RPCError(error, of: "train_classifier")
        }
    }
}
