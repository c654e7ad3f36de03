import Neural

@testable import Models

/// The U-Net in the paper's sizes, and one twice as wide.
enum UNetCases {
    static let all: [BenchmarkCase] = [
        forward("unet.paper-gray28", paper(channels: 1, size: 28), batch: 16),
        forward("unet.paper-gray28", paper(channels: 1, size: 28), batch: 1),
        forward("unet.paper-rgb32", paper(channels: 3, size: 32), batch: 16),
        forward("unet.wide-rgb32", wide, batch: 8),
        train("unet.paper-gray28", paper(channels: 1, size: 28), batch: 16),
        train("unet.paper-rgb32", paper(channels: 3, size: 32), batch: 16),
        train("unet.wide-rgb32", wide, batch: 8),
        table("unet.paper-gray28", paper(channels: 1, size: 28), batch: 16),
        table("unet.paper-rgb32", paper(channels: 3, size: 32), batch: 16),
        table("unet.wide-rgb32", wide, batch: 8),
    ]

    /// The preset's network without dropout, which the peers do not have either.
    static func paper(channels: Int, size: Int) -> UNetConfiguration {
        var network = DiffusionTrainingSettings.preset(.paper, imageSize: size, imageChannels: channels).network
        network.dropout = 0
        return network
    }

    private static var wide: UNetConfiguration {
        var network = paper(channels: 3, size: 32)
        network.modelChannels = 128
        return network
    }

    private static func forward(_ name: String, _ configuration: UNetConfiguration, batch: Int) -> BenchmarkCase {
        BenchmarkCase(name, .forward, batch: batch) { item in
            let network = try UNet(configuration, seed: 1)
            let input = UNetInput(configuration, batch: batch)
            // One graph, as a sampler keeps one for all its steps.
            let graph = Graph.inference
            let flops = ConvolutionShapes.flops { _ = input.run(network, $0) } / Double(batch)
            return [item.imagesLine(Stopwatch { _ = input.run(network, graph) }, flops: flops)]
        }
    }

    private static func train(_ name: String, _ configuration: UNetConfiguration, batch: Int) -> BenchmarkCase {
        BenchmarkCase(name, .train, batch: batch) { item in
            let network = try UNet(configuration, seed: 1)
            let input = UNetInput(configuration, batch: batch)
            let parameters = network.state.parameters
            let optimiser = Adam(parameters: parameters, learningRate: 2e-4, gradientClip: 1)
            let average = ExponentialMovingAverage(parameters: parameters, decay: 0.9999, warmUp: true)
            let flops = ConvolutionShapes.flops { _ = input.run(network, $0) } / Double(batch)
            // One graph, as a training keeps one.
            let graph = Graph(training: true, recording: true)
            let time = Stopwatch(seconds: 3) {
                let loss = graph.noiseError(input.run(network, graph), input.noise, .l2, over: input.noise.count)
                optimiser.clearGradients()
                graph.backward(from: loss)
                optimiser.step(average: average)
            }
            return [item.imagesLine(time, flops: 3 * flops)]
        }
    }

    private static func table(_ name: String, _ configuration: UNetConfiguration, batch: Int) -> BenchmarkCase {
        BenchmarkCase(name, .table, batch: batch) { item in
            let network = try UNet(configuration, seed: 1)
            let input = UNetInput(configuration, batch: batch)
            return ConvolutionTable.rows(item) { _ = input.run(network, $0) }
        }
    }
}

/// Images of noise at random steps, with their conditions.
private struct UNetInput {
    let images: Tensor
    let reconstruction: Tensor
    let noise: Tensor
    let steps: [Int]
    let signal: Tensor

    init(_ configuration: UNetConfiguration, batch: Int) {
        let shape = Shape(batch, configuration.imageSize, configuration.imageSize, configuration.imageChannels)
        func draw(_ use: UInt32) -> Tensor {
            Tensor(shape, RandomKey(seed: 1, use: use).normals(shape.values))
        }
        (images, reconstruction, noise) = (draw(1), draw(2), draw(3))
        steps = RandomKey(seed: 1, use: 4).integers(batch, below: 1000)
        signal = Tensor(Shape(batch, 1), steps.map { Float($0 % 10) })
    }

    func run(_ network: UNet, _ graph: Graph) -> Tensor {
        network(images, steps: steps, reconstruction: reconstruction, signal: signal, in: graph)
    }
}
