import Models
import Wire

/// Learns a TreeVAE and keeps it under a name.
struct TrainTreeJob {
    private let job: Grove_V1_TrainTree

    init(_ job: Grove_V1_TrainTree) {
        self.job = job
    }

    func run(_ context: JobContext) throws -> JobProducts {
        let dataset = try context.dataset(job.dataset)
        if let labels = dataset.labels, Set(labels).count == 1 {
            context.log(
                "all images of '\(job.dataset.name)' are of one class, so accuracy, NMI and ARI will say nothing")
        }
        let checkpoint = try context.checkpoint(resuming: job.hasResume ? job.resume : nil)
        let training = try start(dataset, from: checkpoint, context)
        try context.require(training.settings.memoryForecast(datasetBytes: dataset.pixels.count))
        var loop = TrainingLoop(
            context, policy: job.checkpoints, imagesPerStep: training.settings.batchSize, title: job.name,
            notes: checkpoint?.notes ?? .init())
        let test = job.hasTestDataset ? job.testDataset : job.dataset
        let testImages = try context.dataset(test)
        if testImages.labels != nil {
            // Growth is hard to judge by losses, which differ from stage to stage.
            let few = testImages.first(Self.imagesBetweenStages)
            loop.onNewStage = { stage in
                let report = try EvaluationReport(training.tree, dataset: few, name: test.name, seed: job.seed)
                context.log("before \(stage), \(report.sentence), \(report.shares)")
            }
        }
        let sheet = TrainingSheet(title: job.name, seed: job.seed, context)
        var files = try loop.run(training) { step in try sheet.file(step: step, tree: training.tree) }
        let bytes = try training.model()
        let tree = training.tree

        var facts = Grove_V1_ArtifactFacts()
        facts.height = UInt32(dataset.height)
        facts.width = UInt32(dataset.width)
        facts.channels = UInt32(dataset.channels)
        facts.leaves = UInt32(tree.topology.leaves.count)
        let evaluation = try EvaluationReport(tree, dataset: testImages, name: test.name, seed: job.seed)
        facts.metrics = evaluation.metrics
        files.append(try evaluation.file)
        context.log(evaluation.sentence)
        return JobProducts(
            files: files, artifacts: [MadeArtifact(name: job.name, kind: .tree, facts: facts, bytes: bytes)])
    }

    private func start(
        _ dataset: ImageDataset, from checkpoint: RunCheckpoint?, _ context: JobContext
    ) throws -> TreeTraining {
        if let checkpoint {
            return try TreeTraining(
                resuming: checkpoint.state, dataset: dataset, augmentation: ImageViews.byChannels,
                changing: job.settings.changed)
        }
        let settings = try job.settings.training(on: dataset.trainingImages, seed: job.seed)
        try context.require(bytes: settings.leastMemory(datasetBytes: dataset.pixels.count).total)
        return try TreeTraining(settings: settings, dataset: dataset, augmentation: ImageViews.byChannels)
    }

    /// Enough to tell a good split from a bad one, in a second.
    private static let imagesBetweenStages = 2000
}
