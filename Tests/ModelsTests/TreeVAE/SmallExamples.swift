import Neural

@testable import Models

/// Networks and images small enough for a test.
enum SmallExample {
    static let configuration = TreeVAEConfiguration(
        latentChannels: [4, 4, 4], bottomUpChannels: [6, 6, 6], representationSize: 2, imageSize: 8, imageChannels: 1,
        architecture: .convolutional)

    static func settings(contrastive: Bool = false) -> TreeTrainingSettings {
        var tree = configuration
        if contrastive {
            tree.augment = true
            tree.augmentationMethods = [.decisions, .everyLevel]
            tree.augmentationWeight = 10
        }
        let stage = TreeStageSettings(epochs: 2, klStart: 0, klEnd: 0.2)
        return TreeTrainingSettings(
            tree: tree, batchSize: 16, initial: stage, split: stage,
            intermediate: TreeStageSettings(epochs: 1, klStart: 0, klEnd: 0.2),
            final: TreeStageSettings(epochs: 2, klStart: 0, klEnd: 1), clusters: 4, splitsPerIntermediate: 1,
            maximumSplits: 2, minimumSplitImages: 2, minimumLeafShare: 0.001, evaluationBatch: 24, seed: 7)
    }

    /// Images with bright bars in one of four places, the place being the class.
    static func dataset(count: Int = 70) throws -> ImageDataset {
        var pixels: [UInt8] = []
        let noise = RandomKey(seed: 5, use: 1).uniforms(count * 64)
        for image in 0..<count {
            let place = image % 4
            for row in 0..<8 {
                for column in 0..<8 {
                    let inBar = (place < 2 ? row : column) / 4 == place % 2
                    let value = (inBar ? 0.7 : 0.1) + 0.2 * noise[image * 64 + row * 8 + column]
                    pixels.append(UInt8(value * 255))
                }
            }
        }
        return try ImageDataset(
            name: "bars", height: 8, width: 8, channels: 1, pixels: pixels, labels: (0..<count).map { UInt8($0 % 4) })
    }

    /// Root, a split on the left, three leaves at depths 2, 2 and 1.
    static func tree(seed: UInt64 = 3) throws -> TreeVAE {
        let tree = try TreeVAE(configuration, seed: seed)
        tree.attach(SmallTree(configuration, depth: 2, seed: seed + 1), at: 1)
        return tree
    }
}
