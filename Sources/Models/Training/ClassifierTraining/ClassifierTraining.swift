import Neural

/// The training of a classifier, one optimiser step a call: cross-entropy, Adam, a learning rate that falls along half a
/// cosine.
///
/// Everything random is a function of the seed and the epoch, so a resumed run is bit-equal to an uninterrupted one.
package final class ClassifierTraining: TrainingRun {
    package let settings: ClassifierTrainingSettings
    package let classifier: Classifier
    package private(set) var stepsDone = 0

    let dataset: ImageDataset
    private let labels: [UInt8]
    private let optimiser: Adam
    private let graph = Graph(training: true, recording: true)
    private var order: EpochOrder
    // Lists of the latest step, whose memory serves the next.
    private var indices: [Int] = []
    private var truth: [Int] = []
    private var parts: [TrainingProgress.Part] = []

    /// The order of images in an epoch ("CORD"), in `RandomKey.use`.
    private static let orderUse: UInt32 = 0x434F_5244

    /// A run from the start. Throws if the settings or the data set cannot work.
    package init(settings: ClassifierTrainingSettings, dataset: ImageDataset) throws {
        try settings.validate(for: dataset)
        self.settings = settings
        self.dataset = dataset
        labels = dataset.labels ?? []
        order = EpochOrder(of: dataset.count)
        classifier = try Classifier(ClassifierDescription(dataset), seed: settings.seed)
        optimiser = Adam(
            parameters: classifier.network.state.parameters, learningRate: settings.learningRate,
            weightDecay: Float(settings.weightDecay))
    }

    /// The last images of an epoch that do not fill a batch are left for another epoch's order.
    package var stepsPerEpoch: Int { dataset.count / settings.batchSize }
    package var totalSteps: Int { settings.epochs * stepsPerEpoch }
    package var isFinished: Bool { stepsDone >= totalSteps }

    package func step() throws -> TrainingProgress {
        precondition(!isFinished, "ClassifierTraining: the run is finished")
        let step = stepsDone
        choose(step)
        let features = classifier.network.features(dataset.tensor(indices, in: graph), in: graph)
        let logits = classifier.network.logits(features, in: graph)
        let loss = graph.crossEntropy(logits, labels: truth)
        optimiser.clearGradients()
        graph.backward(from: loss)
        let rate = LearningRate.cosine(settings.learningRate, step: step, over: totalSteps)
        let norm = loss.item().isFinite ? optimiser.step(learningRate: rate) : .nan
        guard norm.isFinite else {
            throw TrainingError(
                "Classifier training stopped being a number at step \(step + 1) (loss \(loss.item()), gradient norm "
                    + "\(norm)); lower the learning rate or resume from an earlier checkpoint.")
        }
        stepsDone += 1
        parts.removeAll(keepingCapacity: true)
        parts.append(.init(name: "accuracy", value: Self.accuracy(logits, truth)))
        return TrainingProgress(
            stage: "classifier", epoch: step / stepsPerEpoch, epochs: settings.epochs, step: stepsDone,
            totalSteps: totalSteps, loss: Double(loss.item()), parts: parts, learningRate: rate)
    }

    package func model() throws -> [UInt8] { try classifier.fileBytes() }

    /// Of the batch, as the network was before the step.
    private static func accuracy(_ logits: Tensor, _ truth: [Int]) -> Double {
        let right = truth.indices.count { row in
            let scores = UnsafeBufferPointer(start: logits.data + row * logits.channels, count: logits.channels)
            return LeafChoice.largest(scores) == truth[row]
        }
        return Double(right) / Double(truth.count)
    }

    /// Sets which images a step trains on.
    private func choose(_ step: Int) {
        let (epoch, position) = step.quotientAndRemainder(dividingBy: stepsPerEpoch)
        let key = RandomKey(seed: settings.seed, use: Self.orderUse, step: UInt32(epoch))
        let first = position * settings.batchSize
        indices.removeAll(keepingCapacity: true)
        truth.removeAll(keepingCapacity: true)
        for image in order.images(at: first..<first + settings.batchSize, of: key) {
            indices.append(image)
            truth.append(Int(labels[image]))
        }
    }
}

// MARK: Checkpoints

extension ClassifierTraining {
    private static let checkpointKind = "classifier-training"
    private static let weightPrefix = "model."
    private static let momentPrefix = "adam."

    package func checkpoint() throws -> [UInt8] {
        var metadata = try ClassifierFile.metadata(classifier.description, kind: Self.checkpointKind)
        metadata["settings"] = try ClassifierFile.json(settings)
        metadata["step"] = String(stepsDone)
        metadata["images"] = String(dataset.count)
        let tensors =
            classifier.network.state.tensors(prefix: Self.weightPrefix) + optimiser.tensors(prefix: Self.momentPrefix)
        try tensors.requireNumbers(step: stepsDone)
        return Safetensors.encode(tensors, metadata: metadata)
    }

    /// Goes on from a checkpoint with the images of the interrupted run.
    /// Throws a sentence if the bytes are no checkpoint or belong to another data set.
    package convenience init(resuming bytes: [UInt8], dataset: ImageDataset) throws {
        let file = try Safetensors(bytes: bytes)
        let description = try ClassifierFile.description(file, kind: Self.checkpointKind)
        let settings = try ClassifierFile.decode(ClassifierTrainingSettings.self, file, "settings")
        guard description == ClassifierDescription(dataset), file.metadata["images"] == String(dataset.count) else {
            throw ClassifierError(
                "The checkpoint belongs to another data set; give the run the data set it began with.")
        }
        try self.init(settings: settings, dataset: dataset)
        guard let step = Int(file.metadata["step"] ?? ""), (0...totalSteps).contains(step) else {
            throw ClassifierError("The checkpoint does not say at which step it was written; use another one.")
        }
        try classifier.network.state.load(file.under(Self.weightPrefix))
        try optimiser.load(file, prefix: Self.momentPrefix)
        stepsDone = step
    }
}
