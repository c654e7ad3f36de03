import Foundation
import Models
import Neural

/// Networks and images that are as small as they can be.
enum SmallModels {
    static let configuration = TreeVAEConfiguration(
        latentChannels: [2, 2, 2], bottomUpChannels: [3, 3, 3], representationSize: 1, imageSize: 8, imageChannels: 1,
        architecture: .convolutional)

    static var tree: TreeVAE { get throws { try TreeVAE(configuration, seed: 3) } }

    static var diffusion: DiffusionDescription {
        let network = UNetConfiguration(
            imageChannels: 1, imageSize: 8, modelChannels: 4, channelMultipliers: [1, 2], residualBlocks: 1,
            attentionDownsample: [2], attentionHeads: 2, seesReconstruction: true, seesLeaf: true, groups: 2,
            paddingRule: .published, leafSignal: .index, leafCount: 0)
        return DiffusionDescription(network: network, leafCount: 3, treeDigest: "abc")
    }

    static let classifier = ClassifierDescription(height: 8, width: 8, channels: 1, classNames: ["0", "1"])

    /// Eight images of two classes.
    static var dataset: ImageDataset {
        get throws {
            try ImageDataset(
                name: "small", height: 8, width: 8, channels: 1, pixels: (0..<512).map { UInt8($0 % 251) },
                labels: [0, 1, 0, 1, 0, 1, 0, 1])
        }
    }

    static func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
}
