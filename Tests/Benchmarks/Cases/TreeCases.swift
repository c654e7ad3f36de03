import Neural

@testable import Models

/// Training steps of trees with ten leaves in the paper's sizes.
enum TreeCases {
    static let all: [BenchmarkCase] = [
        // The paper's tree for MNIST, unlike the preset, has spectral normalisation.
        train("tree.mnist-10", settings(size: 28, channels: 1, spectralNorm: true)),
        train("tree.cifar10-10", settings(size: 32, channels: 3, spectralNorm: false)),
    ]

    static func settings(size: Int, channels: Int, spectralNorm: Bool) -> TreeTrainingSettings {
        var settings = TreeTrainingSettings.preset(.paper, imageSize: size, imageChannels: channels)
        settings.tree.spectralNorm = spectralNorm
        return settings
    }

    /// Eight leaves at depth three, two of them split again: 19 nodes.
    static func tenLeaves(_ settings: TreeTrainingSettings) throws -> TreeVAE {
        let depths =
            [0] + [1, 1] + Array(repeating: 2, count: 4) + Array(repeating: 3, count: 8)
            + Array(repeating: 4, count: 4)
        let splits = 9
        let nodes = depths.enumerated().map { index, depth in
            let isSplit = index < splits
            return TreeTopology.Node(
                index: index, parent: index == 0 ? nil : (index - 1) / 2, left: isSplit ? 2 * index + 1 : nil,
                right: isSplit ? 2 * index + 2 : nil, kind: isSplit ? .split : .leaf, depth: depth)
        }
        let topology = try TreeTopology(nodes: nodes, maximumDepth: settings.tree.maximumDepth)
        // The authors' small trees, which all nodes below the first three were, have it in their denses.
        let normalised = settings.tree.spectralNorm ? Set(3..<nodes.count) : []
        return try TreeVAE(settings.tree, topology: topology, normalisedDenses: normalised, seed: 1)
    }

    /// The whole tree's step, as in the intermediate and final stages. Both views of an image count as images.
    private static func train(_ name: String, _ settings: TreeTrainingSettings) -> BenchmarkCase {
        let batch = 256
        return BenchmarkCase(name, .train, batch: batch) { item in
            let tree = try tenLeaves(settings)
            let configuration = settings.tree
            let shape = [batch, configuration.imageSize, configuration.imageSize, configuration.imageChannels]
            // As in digits, four of five values are zero.
            let images = Tensor(
                shape, RandomKey(seed: 1, use: 1).uniforms(shape.reduce(1, *)).map { max(0, 5 * $0 - 4) })
            let optimiser = Adam(
                parameters: tree.state.parameters, learningRate: settings.learningRate,
                weightDecay: Float(settings.weightDecay))
            let identities = (0..<batch).map { UInt32($0) }
            func losses(_ graph: Graph, step: UInt32) -> TreeLosses {
                tree.pass(images, noise: KeyedNoise(seed: 1, step: step, images: identities), in: graph).losses
            }
            let flops = ConvolutionShapes.flops { _ = losses($0, step: 0) } / Double(batch)
            var step: UInt32 = 0
            let time = Stopwatch(seconds: 4, least: 3) {
                let graph = Graph(training: true, recording: true)
                let loss = losses(graph, step: step).total(alpha: 0.5, in: graph)
                optimiser.clearGradients()
                graph.backward(from: loss)
                optimiser.step()
                step += 1
            }
            return [item.imagesLine(time, flops: 3 * flops)]
        }
    }
}
