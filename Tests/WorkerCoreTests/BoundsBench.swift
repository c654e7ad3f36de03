import ModelSettings
import Models
import Testing
import Wire

@testable import WorkerCore

/// Small models and images, and jobs to be bounded.
enum BoundsBench {
    /// Parameters of networks that a test makes.
    static let small = 2_000_000

    static let diffusionSpec: Grove_V1_JobSpec = {
        var spec = Grove_V1_JobSpec()
        spec.trainDiffusion.name = "m"
        (spec.trainDiffusion.dataset.name, spec.trainDiffusion.tree.name) = ("d", "t")
        return spec
    }()

    static let classifierSpec: Grove_V1_JobSpec = {
        var spec = Grove_V1_JobSpec()
        (spec.trainClassifier.name, spec.trainClassifier.dataset.name) = ("c", "d")
        return spec
    }()

    static func noise(side: Int, count: Int = 64) throws -> ImageDataset {
        try ImageDataset(
            name: "noise", height: side, width: side, channels: 1,
            pixels: (0..<count * side * side).map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 3) },
            labels: (0..<count).map { UInt8($0 % 2) })
    }

    static func tree(side: Int) throws -> TreeVAE {
        let configuration = TreeVAEConfiguration(
            latentChannels: [2, 2], bottomUpChannels: [2, 2], representationSize: 1, imageSize: side, imageChannels: 1,
            architecture: .convolutional)
        return try TreeVAE(configuration, seed: 1)
    }

    static func training(
        _ settings: DiffusionTrainingSettings, choice: Models.LeafChoice, images count: Int = 64
    ) throws -> DiffusionTraining {
        let side = settings.network.imageSize
        let (tree, images) = (try tree(side: side), try noise(side: side, count: count))
        return try DiffusionTraining(
            settings: settings, leafCount: 2, treeDigest: "tree", images: images,
            conditions: TreeConditionSource(tree: tree, images: images, choice: choice, seed: 1))
    }

    static func expectRefusal(_ spec: Grove_V1_JobSpec, _ field: String) {
        let error = #expect(throws: RPCError.self, "\(field)") { try JobValidation.check(spec) }
        #expect(error?.code == .invalidArgument && error?.violations.map(\.field) == [field], "\(field)")
    }
}
