import Models
import Neural

/// Trainings of a few steps.
struct CheckpointSettings {
    let tree: TreeTrainingSettings = {
        let stage = TreeStageSettings(epochs: 1, klStart: 0, klEnd: 0.2)
        return TreeTrainingSettings(
            tree: SmallModels.configuration, batchSize: 4, initial: stage, split: stage, intermediate: stage,
            final: stage, clusters: 3, splitsPerIntermediate: 1, maximumSplits: 1, minimumSplitImages: 2,
            minimumLeafShare: 0.001, evaluationBatch: 8, seed: 7)
    }()

    let classifier = ClassifierTrainingSettings(epochs: 2, batchSize: 4, seed: 3)

    let diffusion = DiffusionTrainingSettings(
        network: SmallModels.diffusion.network, steps: 6, batchSize: 4, imagesPerPass: 4, warmUpSteps: 1)
}

/// Conditions that teach nothing.
struct NoConditions: ConditionSource {
    func conditions(for indices: [Int], step: Int) throws -> (reconstruction: Tensor, leaf: [Int]) {
        (
            Tensor(Shape(indices.count, 8, 8, 1), [Float](repeating: 0.5, count: indices.count * 64)),
            indices.map { $0 % 3 }
        )
    }
}
