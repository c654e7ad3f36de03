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

    /// Throws a sentence that names the first setting that cannot work with these images.
    package func validate(for dataset: ImageDataset) throws(ClassifierError) {
        guard let labels = dataset.labels else {
            throw ClassifierError(
                "A classifier learns from labels and this data set has none; import the images with their labels.")
        }
        guard Set(labels).count >= 2 else {
            throw ClassifierError(
                "All images of this data set are of one class; a classifier needs images of at least two.")
        }
        guard (1...100_000).contains(epochs) else {
            throw ClassifierError("A classifier's epochs are \(epochs); they must be from 1 to 100000.")
        }
        guard (2...65_536).contains(batchSize) else {
            throw ClassifierError("A classifier's batch size is \(batchSize); it must be from 2 to 65536.")
        }
        guard dataset.count >= batchSize else {
            throw ClassifierError(
                "The data set has \(dataset.count) images, fewer than a batch of \(batchSize); set a smaller batch size "
                    + "or give more images.")
        }
        guard (0...10).contains(learningRate), (0...1).contains(weightDecay) else {
            throw ClassifierError(
                "A classifier's learning rate is \(learningRate) and its weight decay \(weightDecay); they must be from "
                    + "0 to 10 and from 0 to 1.")
        }
    }
}
