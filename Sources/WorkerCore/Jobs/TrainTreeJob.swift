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
        let training = try start(context, dataset)
        var loop = TrainingLoop(context, policy: job.checkpoints, imagesPerStep: training.settings.batchSize)
        let curve = try loop.run(training)
        let bytes = try training.model()
        let tree = training.tree

        var facts = Grove_V1_ArtifactFacts()
        facts.height = UInt32(dataset.height)
        facts.width = UInt32(dataset.width)
        facts.channels = UInt32(dataset.channels)
        facts.leaves = UInt32(tree.topology.leaves.count)
        var files = [curve]
        let test = job.hasTestDataset ? job.testDataset : job.dataset
        let evaluation = try EvaluationReport(tree, dataset: context.dataset(test), name: test.name, seed: job.seed)
        facts.metrics = evaluation.metrics
        files.append(try evaluation.file)
        context.log(evaluation.sentence)
        return JobProducts(
            files: files, artifacts: [MadeArtifact(name: job.name, kind: .tree, facts: facts, bytes: bytes)])
    }

    private func start(_ context: JobContext, _ dataset: ImageDataset) throws -> TreeTraining {
        let assignment = context.attempt.assignment
        if assignment.hasCheckpoint {
            context.log("continues from the checkpoint of an earlier attempt")
            return try TreeTraining(
                resuming: context.bytes(assignment.checkpoint), dataset: dataset, augmentation: Self.views)
        }
        guard dataset.height == dataset.width else {
            throw JobError(
                .invalidArgument,
                "The images of '\(job.dataset.name)' are \(dataset.width)×\(dataset.height) but the model takes square "
                    + "ones: crop or scale them and import them again.")
        }
        let settings = try job.settings.training(side: dataset.height, channels: dataset.channels, seed: job.seed)
        return try TreeTraining(settings: settings, dataset: dataset, augmentation: Self.views)
    }

    /// The authors' contrastive views; used where the settings ask for them.
    private static let views: ImageAugmentation = { image, height, width, channels, random in
        ContrastiveAugmentation.cifar.apply(
            to: image, height: height, width: width, channels: channels, using: &random)
    }
}
