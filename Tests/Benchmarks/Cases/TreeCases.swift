import Neural

@testable import Models

/// Training steps of trees with ten leaves in the paper's sizes.
enum TreeCases {
    static let all: [BenchmarkCase] = [
        // The paper's tree for MNIST, unlike the preset, has spectral normalisation.
        train("tree.mnist-10", settings(size: 28, channels: 1, spectralNorm: true)),
        train("tree.cifar10-10", settings(size: 32, channels: 3, spectralNorm: false)),
        table("tree.mnist-10", settings(size: 28, channels: 1, spectralNorm: true)),
        table("tree.cifar10-10", settings(size: 32, channels: 3, spectralNorm: false)),
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
        BenchmarkCase(name, .train, batch: batch) { item in
            let step = try TreeStep(settings, batch: batch)
            let flops = ConvolutionShapes.flops { step.pass(in: $0) } / Double(batch)
            var line = item.imagesLine(Stopwatch(seconds: 4, least: 9) { step.run() }, flops: 3 * flops)
            // What the worker would have said before; it knows nothing of the program itself.
            let forecast = try settings.memoryForecast(datasetBytes: 0)
            line.fields.append(("forecast_mib", .number(Double(forecast.total) / 1_048_576)))
            return [line]
        }
    }

    private static func table(_ name: String, _ settings: TreeTrainingSettings) -> BenchmarkCase {
        BenchmarkCase(name, .table, batch: batch) { item in
            let step = try TreeStep(settings, batch: batch)
            return ConvolutionTable.rows(item) { step.pass(in: $0) }
        }
    }

    private static let batch = 256
}

/// An optimiser step of a whole tree on one batch.
private final class TreeStep {
    private let tree: TreeVAE
    private let images: Tensor
    private let optimiser: Adam
    private let identities: [UInt32]
    private let graph = Graph(training: true, recording: true)
    private let walk: TreeWalk
    private var number: UInt32 = 0

    init(_ settings: TreeTrainingSettings, batch: Int) throws {
        tree = try TreeCases.tenLeaves(settings)
        let shape = Shape(batch, settings.tree.imageSize, settings.tree.imageSize, settings.tree.imageChannels)
        // As in digits, four of five values are zero.
        let values = RandomKey(seed: 1, use: 1).uniforms(shape.values).map { max(0, 5 * $0 - 4) }
        images = Tensor(shape, values)
        identities = (0..<batch).map { UInt32($0) }
        walk = TreeWalk(tree, in: graph)
        optimiser = Adam(
            parameters: tree.state.parameters, learningRate: settings.learningRate,
            weightDecay: Float(settings.weightDecay))
    }

    /// A pass in another graph, for one who looks at its layers.
    func pass(in graph: Graph) { _ = tree.pass(images, noise: noise, in: graph) }

    private var noise: KeyedNoise { KeyedNoise(seed: 1, step: number, images: identities) }

    func run() {
        let loss = walk.pass(images, noise: noise).losses.total(alpha: 0.5, in: graph)
        optimiser.clearGradients()
        graph.backward(from: loss)
        optimiser.step()
        number += 1
    }
}
