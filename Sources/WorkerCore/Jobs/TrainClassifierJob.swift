import Models
import Wire

/// Learns a classifier and keeps it under a name, with its accuracy.
struct TrainClassifierJob {
    private let job: Grove_V1_TrainClassifier

    init(_ job: Grove_V1_TrainClassifier) {
        self.job = job
    }

    func run(_ context: JobContext) throws -> JobProducts {
        let dataset = try context.dataset(job.dataset)
        let test = job.hasTestDataset ? job.testDataset : job.dataset
        // Before the training, so that hours are not lost to a set that does not fit.
        let measured = try context.dataset(test)
        try ImageShape(dataset).require(ImageShape(measured), of: "The dataset '\(test.name)'")
        try ClassifierDescription(dataset).requireClasses(of: measured)
        let checkpoint = try context.checkpoint(resuming: nil)
        let training = try start(dataset, from: checkpoint)
        try context.require(training.memoryForecast())
        var loop = TrainingLoop(
            context, policy: job.checkpoints, imagesPerStep: training.settings.batchSize, title: job.name,
            notes: checkpoint?.notes ?? .init())
        // There is nothing to draw a sheet of.
        let curves = try loop.run(training) { _ in nil }

        let evaluation = try ClassifierEvaluation(training.classifier, dataset: measured)
        context.log("on \(evaluation.images) images of '\(test.name)': accuracy \(Decimals.text(evaluation.accuracy))")
        var facts = Grove_V1_ArtifactFacts(training.classifier.description)
        facts.metrics["accuracy"] = evaluation.accuracy
        return JobProducts(
            files: curves + [try .json("evaluation.json", evaluation)],
            artifacts: [
                MadeArtifact(name: job.name, kind: .classifier, facts: facts, bytes: try training.model())
            ])
    }

    private func start(_ dataset: ImageDataset, from checkpoint: RunCheckpoint?) throws -> ClassifierTraining {
        if let checkpoint { return try ClassifierTraining(resuming: checkpoint.state, dataset: dataset) }
        let settings = try job.settings.training(on: dataset.count, seed: job.seed)
        return try ClassifierTraining(settings: settings, dataset: dataset)
    }
}

extension Grove_V1_ArtifactFacts {
    init(_ classifier: ClassifierDescription) {
        self.init()
        height = UInt32(classifier.height)
        width = UInt32(classifier.width)
        channels = UInt32(classifier.channels)
    }
}
