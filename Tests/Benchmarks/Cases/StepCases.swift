import Models
import Neural

/// One step of what workers' jobs consist of, with all that surrounds the network in it: batches, views, conditions, noise,
/// progress. Preset small.
enum StepCases {
    static let all: [BenchmarkCase] = [
        BenchmarkCase("sample.small", .step, batch: 16) { item in
            let run = try sampling(images: item.batch)
            return [item.imagesLine(Stopwatch { run.step() })]
        },
        BenchmarkCase("refinement.small", .step, batch: diffusion.batchSize) { item in
            let run = try refinement()
            // Leaves are drawn anew in every step, and groups of a size that has not been before take their buffers from the
            // heap: it takes a while until all sizes have been.
            return [item.imagesLine(try Stopwatch(seconds: 30) { _ = try run.step() })]
        },
        BenchmarkCase("classifier.small", .step, batch: ClassifierTrainingSettings().batchSize) { item in
            let run = try ClassifierTraining(settings: ClassifierTrainingSettings(), dataset: try noise())
            return [item.imagesLine(try Stopwatch { _ = try run.step() })]
        },
        tree("tree.small-initial", side: 28, channels: 1),
        tree("tree.small-rgb32-initial", side: 32, channels: 3),
        tree("tree.small-split", side: 28, channels: 1) { $0.initial.epochs = 0 },
    ]

    /// A step of the stage with which a tree's training begins: with two views of each image, and without features that are
    /// known already.
    private static func tree(
        _ name: String, side: Int, channels: Int,
        change: @escaping @Sendable (inout TreeTrainingSettings) -> Void = { _ in }
    ) -> BenchmarkCase {
        var settings = TreeTrainingSettings.preset(.small, imageSize: side, imageChannels: channels)
        change(&settings)
        return BenchmarkCase(name, .step, batch: settings.batchSize) { [settings] item in
            let run = try TreeTraining(
                settings: settings, dataset: try noise(side: side, channels: channels),
                augmentation: ImageViews.byChannels)
            return [item.imagesLine(try Stopwatch { _ = try run.step() })]
        }
    }

    private static var diffusion: DiffusionTrainingSettings { .preset(.small, imageSize: 28, imageChannels: 1) }

    /// So many images that an epoch has more steps than are measured.
    private static func noise(side: Int = 28, channels: Int = 1) throws -> ImageDataset {
        let count = 40_000
        let values = RandomKey(seed: 1, use: 1).integers(count * side * side * channels, below: 1280)
        return try ImageDataset(
            name: "noise", height: side, width: side, channels: channels,
            pixels: values.map { UInt8(max(0, $0 - 1024)) }, labels: (0..<count).map { UInt8($0 % 10) })
    }

    /// A thousand steps of one chunk of images.
    private static func sampling(images: Int) throws -> SamplingRun {
        let network = diffusion.network
        let model = try DiffusionModel(
            DiffusionDescription(network: network, leafCount: 10, treeDigest: String(repeating: "0", count: 64)),
            seed: 1)
        let pixels = RandomKey(seed: 1, use: 1).uniforms(28 * 28)
        return try SamplingRun(
            model,
            images: (0..<images).map {
                SamplingImage(key: ImageKey(seed: 1, image: UInt32($0)), reconstruction: pixels, leaf: $0 % 10)
            }, settings: .published, chunkSize: images)
    }

    private static func refinement() throws -> DiffusionTraining {
        let images = try noise()
        return try DiffusionTraining(
            settings: diffusion, leafCount: 10, treeDigest: String(repeating: "0", count: 64), images: images,
            conditions: TreeConditionSource(
                tree: try TreeCases.tenLeaves(.preset(.small, imageSize: 28, imageChannels: 1)), images: images, seed: 1
            ))
    }
}
