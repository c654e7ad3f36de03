import Models
import Wire

/// Learns a diffusion model on what a trained tree's leaves draw, and keeps it under a name.
struct TrainDiffusionJob {
    private let job: Grove_V1_TrainDiffusion

    init(_ job: Grove_V1_TrainDiffusion) {
        self.job = job
    }

    func run(_ context: JobContext) throws -> JobProducts {
        let dataset = try context.dataset(job.dataset)
        let tree = try context.tree(job.tree)
        let shape = ImageShape(tree.tree)
        try shape.require(ImageShape(dataset), of: "The dataset '\(job.dataset.name)'")
        let training = try start(context, dataset, tree)
        var loop = TrainingLoop(context, policy: job.checkpoints, imagesPerStep: training.settings.batchSize)
        let curve = try loop.run(training)

        var facts = Grove_V1_ArtifactFacts()
        facts.height = UInt32(shape.height)
        facts.width = UInt32(shape.width)
        facts.channels = UInt32(shape.channels)
        facts.leaves = UInt32(tree.tree.topology.leaves.count)
        facts.treeSha256 = tree.digest
        return JobProducts(
            files: [curve],
            artifacts: [
                MadeArtifact(name: job.name, kind: .diffusion, facts: facts, bytes: try training.model())
            ])
    }

    private func start(
        _ context: JobContext, _ dataset: ImageDataset, _ loaded: LoadedTree
    ) throws -> DiffusionTraining {
        let tree = loaded.tree
        let conditions = TreeConditionSource(
            tree: tree, images: dataset, choice: try job.settings.leafChoiceValue(), seed: job.seed)
        let assignment = context.attempt.assignment
        if assignment.hasCheckpoint {
            context.log("continues from the checkpoint of an earlier attempt")
            return try DiffusionTraining(
                resuming: context.bytes(assignment.checkpoint), images: dataset, conditions: conditions)
        }
        let settings = try job.settings.training(side: dataset.height, channels: dataset.channels, seed: job.seed)
        return try DiffusionTraining(
            settings: settings, leafCount: tree.topology.leaves.count, treeDigest: loaded.digest, images: dataset,
            conditions: conditions)
    }
}
