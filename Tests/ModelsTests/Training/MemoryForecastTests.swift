import Neural
import Testing

@testable import Models

/// What is said before a run against what a step then holds; in processes of their own, since the pool is shared.
@Suite struct MemoryForecastTests {
    /// Not less than a step holds on cores that race, but for a tenth, and not half as much again as it can hold.
    private static func check(_ forecast: MemoryForecast, _ step: () -> Void) {
        let most = BufferMeter.bytes(heldBy: step)
        BufferPool.trim()
        let before = BufferPool.statistics.bytesHeld
        step()
        let held = BufferPool.statistics.bytesHeld - before
        precondition(held <= forecast.step * 11 / 10, "forecast \(forecast.step), held \(held)")
        precondition(forecast.step <= most * 3 / 2, "forecast \(forecast.step), \(most) at most")
    }

    @Test func treeStep() async {
        await #expect(processExitsWith: .success) {
            var settings = TreeTrainingSettings.preset(.small, imageSize: 28, imageChannels: 1)
            settings.batchSize = 64
            let forecast = try settings.memoryForecast(datasetBytes: 0)
            let topology = TreeTopology.balanced(leaves: settings.clusters, maximumDepth: settings.tree.maximumDepth)
            let tree = try TreeVAE(settings.tree, topology: topology, seed: 1)
            Self.check(forecast) {
                let graph = Graph(training: true, recording: true)
                let losses = tree.pass(.zeros([64, 28, 28, 1]), noise: ZeroNoise(), in: graph).losses
                graph.backward(from: losses.total(alpha: 1, in: graph))
                for (_, parameter) in tree.state.parameters { parameter.value.clearGradient() }
            }
        }
    }

    @Test func diffusionStep() async {
        await #expect(processExitsWith: .success) {
            var settings = DiffusionTrainingSettings.preset(.tiny, imageSize: 28, imageChannels: 1)
            settings.batchSize = 16
            let forecast = try settings.memoryForecast(leafCount: 3, datasetBytes: 0)
            let network = try UNet(settings.network, seed: 1)
            let images = Tensor.zeros([16, 28, 28, 1])
            Self.check(forecast) {
                let graph = Graph(training: true, recording: true)
                let output = network(
                    images, steps: Array(repeating: 5, count: 16), reconstruction: images,
                    signal: network.signal(Array(repeating: 1, count: 16)), in: graph)
                graph.backward(from: graph.sum(output))
                for (_, parameter) in network.state.parameters { parameter.value.clearGradient() }
            }
        }
    }

    @Test func classifierStep() async {
        await #expect(processExitsWith: .success) {
            let dataset = try ImageDataset(
                name: "blank", height: 28, width: 28, channels: 1, pixels: Array(repeating: 0, count: 128 * 784),
                labels: (0..<128).map { UInt8($0 % 2) })
            let training = try ClassifierTraining(settings: ClassifierTrainingSettings(), dataset: dataset)
            let forecast = try training.memoryForecast()
            let network = try Classifier(training.classifier.description, seed: 1).network
            Self.check(forecast) {
                let graph = Graph(training: true, recording: true)
                let logits = network.logits(network.features(dataset.tensor(0..<128), in: graph), in: graph)
                graph.backward(from: graph.crossEntropy(logits, labels: Array(repeating: 0, count: 128)))
                for (_, parameter) in network.state.parameters { parameter.value.clearGradient() }
            }
        }
    }

    /// A chunk of sixteen, from what one image and two take.
    @Test func samplingStep() async {
        await #expect(processExitsWith: .success) {
            let network = DiffusionTrainingSettings.preset(.small, imageSize: 28, imageChannels: 1).network
            let model = try DiffusionModel(
                DiffusionDescription(network: network, leafCount: 3, treeDigest: "abc"), seed: 1)
            let forecast = MemoryForecast(step: model.passMemory().bytes(images: 16), images: 0)
            let images = Tensor.zeros([16, 28, 28, 1])
            Self.check(forecast) {
                _ = model.network(
                    images, steps: Array(repeating: 5, count: 16), reconstruction: images,
                    signal: model.network.signal(Array(repeating: 1, count: 16)), in: .inference)
            }
        }
    }

    @Test func balancedTreesHaveTheLeavesAskedFor() throws {
        for leaves in 2...12 {
            let topology = TreeTopology.balanced(leaves: leaves, maximumDepth: 6)
            try topology.check(maximumDepth: 6)
            #expect(topology.leaves.count == leaves)
        }
        #expect(TreeTopology.balanced(leaves: 100, maximumDepth: 3).leaves.count == 8)
    }
}
