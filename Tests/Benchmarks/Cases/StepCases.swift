import Models
import Neural

/// One step of what a worker's jobs consist of, with all that surrounds the network in it: batches, conditions, noise, losses'
/// names. Preset small for digits.
enum StepCases {
    static let all: [BenchmarkCase] = [
        BenchmarkCase("sample.small", .step, batch: 16) { item in
            let run = try sampling(images: item.batch)
            return [item.stepLine { run.step() }]
        },
        BenchmarkCase("refinement.small", .step, batch: diffusion.batchSize) { item in
            let run = try refinement()
            return [try item.stepLine { _ = try run.step() }]
        },
        BenchmarkCase("tree.small-initial", .step, batch: tree.batchSize) { item in
            let run = try TreeTraining(settings: tree, dataset: try digits(), augmentation: views)
            return [try item.stepLine { _ = try run.step() }]
        },
        BenchmarkCase("tree.small-split", .step, batch: tree.batchSize) { item in
            var settings = tree
            settings.initial.epochs = 0
            let run = try TreeTraining(settings: settings, dataset: try digits(), augmentation: views)
            return [try item.stepLine { _ = try run.step() }]
        },
    ]

    private static let views: ImageAugmentation = { image, height, width, channels, random in
        StrokeAugmentation.handwriting.apply(
            to: image, height: height, width: width, channels: channels, using: &random)
    }

    private static var tree: TreeTrainingSettings { .preset(.small, imageSize: 28, imageChannels: 1) }
    private static var diffusion: DiffusionTrainingSettings { .preset(.small, imageSize: 28, imageChannels: 1) }

    /// As many images as an epoch of hundreds of steps needs, of noise.
    private static func digits() throws -> ImageDataset {
        let count = 60_000
        let noise = RandomKey(seed: 1, use: 1).integers(count * 28 * 28, below: 1280)
        return try ImageDataset(
            name: "noise", height: 28, width: 28, channels: 1, pixels: noise.map { UInt8(max(0, $0 - 1024)) })
    }

    /// A thousand steps of one chunk of images.
    private static func sampling(images: Int) throws -> SamplingRun {
        let network = diffusion.network
        let model = try DiffusionModel(
            DiffusionDescription(network: network, leafCount: 10, treeDigest: String(repeating: "0", count: 64)), seed: 1)
        let pixels = RandomKey(seed: 1, use: 1).uniforms(28 * 28)
        return try SamplingRun(
            model,
            images: (0..<images).map {
                SamplingImage(key: ImageKey(seed: 1, image: UInt32($0)), reconstruction: pixels, leaf: $0 % 10)
            }, settings: .published, chunkSize: images)
    }

    private static func refinement() throws -> DiffusionTraining {
        let images = try digits()
        return try DiffusionTraining(
            settings: diffusion, leafCount: 10, treeDigest: String(repeating: "0", count: 64), images: images,
            conditions: TreeConditionSource(tree: try TreeCases.tenLeaves(tree), images: images, seed: 1))
    }
}

extension BenchmarkCase {
    fileprivate func stepLine(_ step: () throws -> Void) rethrows -> BenchmarkLine {
        let time = try Stopwatch(seconds: 4, step)
        var fields: [(String, BenchmarkLine.Value)] = [
            ("images_per_second", .number(Double(batch) / time.median)), ("peak_rss_mib", .number(ProcessUsage.peakMiB)),
            ("milliseconds", .number(time.median * 1000)), ("processor_milliseconds", .number(time.processor * 1000)),
            ("new_buffers", .whole(time.newBuffers)),
        ]
        if let allocations = time.allocations { fields.append(("heap_allocations", .whole(allocations))) }
        return line(fields)
    }
}
