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
        let checkpoint = try context.checkpoint(resuming: job.hasResume ? job.resume : nil)
        let training = try start(dataset, tree, from: checkpoint, context)
        try context.require(
            training.settings.memoryForecast(
                leafCount: tree.tree.topology.leaves.count, datasetBytes: dataset.pixels.count))
        var loop = TrainingLoop(
            context, policy: job.checkpoints, imagesPerStep: training.settings.batchSize, title: job.name,
            notes: checkpoint?.notes ?? .init())
        let sheet = TrainingSheet(title: job.name, seed: job.seed, context)
        let curves = try loop.run(training) { step in
            let model = try DiffusionModelFile.load(training.model())
            return try sheet.file(step: step, tree: tree.tree, digest: tree.digest, diffusion: model)
        }

        var facts = Grove_V1_ArtifactFacts()
        facts.height = UInt32(shape.height)
        facts.width = UInt32(shape.width)
        facts.channels = UInt32(shape.channels)
        facts.leaves = UInt32(tree.tree.topology.leaves.count)
        facts.treeSha256 = tree.digest
        return JobProducts(
            files: curves,
            artifacts: [
                MadeArtifact(name: job.name, kind: .diffusion, facts: facts, bytes: try training.model())
            ])
    }

    private func start(
        _ dataset: ImageDataset, _ loaded: LoadedTree, from checkpoint: RunCheckpoint?, _ context: JobContext
    ) throws -> DiffusionTraining {
        let tree = loaded.tree
        let conditions = TreeConditionSource(
            tree: tree, images: dataset, choice: try job.settings.treeLeafChoice(), seed: job.seed)
        if let checkpoint {
            return try DiffusionTraining(
                resuming: checkpoint.state, images: dataset, conditions: conditions, changing: job.settings.changed)
        }
        let settings = try job.settings.training(on: dataset.trainingImages, seed: job.seed)
        try context.require(
            bytes: settings.leastMemory(
                leafCount: tree.topology.leaves.count, datasetBytes: dataset.pixels.count
            ).total)
        return try DiffusionTraining(
            settings: settings, leafCount: tree.topology.leaves.count, treeDigest: loaded.digest, images: dataset,
            conditions: conditions)
    }
}

extension Grove_V1_DiffusionSettings {
    /// How the frozen tree picks the leaf that a training image is seen through.
    func treeLeafChoice() throws(JobError) -> Models.LeafChoice {
        switch hasLeafChoice ? leafChoice : "drawn" {
        case "drawn": .sample
        case "most_probable": .argmax
        case let other: throw SettingsWord.unknown(other, of: "leaf_choice", Self.leafChoices)
        }
    }
}
