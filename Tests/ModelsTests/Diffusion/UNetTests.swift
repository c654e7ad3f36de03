import Models
import Neural
import TestSupport
import Testing

@Suite struct UNetTests {
    /// A network whose golden values were computed with the authors' module in double precision.
    struct Golden: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let configuration: UNetConfiguration
        let parameters: Int
        let loss: Double
        let gradientNorm: Double
        let mean: Double
        let deviation: Double
        let first: [Double]
        let last: [Double]
        let sampledMean: Double
        let sampledDeviation: Double
        let sampled: [Double]
    }

    static let goldens = [
        Golden(
            testDescription: "grey, leaf",
            configuration: UNetConfiguration(
                imageChannels: 1, imageSize: 28, modelChannels: 32, channelMultipliers: [1, 2], residualBlocks: 1,
                attentionHeads: 4),
            parameters: 721_761, loss: 0.7311995557, gradientNorm: 4.0295233765, mean: 0.2784840,
            deviation: 0.5800724, first: [0.0032421, -0.3496658, 0.1878036, 1.0465124], last: [0.7644231, 1.1528529],
            sampledMean: -0.0054408, sampledDeviation: 0.6194993,
            sampled: [0.3723481, 0.8782072, 0.7661629, -0.4622048]),
        Golden(
            testDescription: "RGB, no leaf, attention",
            configuration: UNetConfiguration(
                imageChannels: 3, imageSize: 32, modelChannels: 32, channelMultipliers: [1, 2], residualBlocks: 1,
                attentionDownsample: [2], attentionHeads: 4, seesLeaf: false),
            parameters: 703_363, loss: 0.6549383952, gradientNorm: 1.4253427091, mean: -0.0099520,
            deviation: 0.5737429, first: [0.0008360, 0.4622335, 0.0545287, -0.2559228],
            last: [-0.3298851, -0.3960428], sampledMean: 0.0047211, sampledDeviation: 0.6323983,
            sampled: [0.3323878, 0.4814255, -0.5339094, -1.0]),
    ]

    @Test(arguments: goldens)
    func agreesWithGoldenValues(_ golden: Golden) throws {
        let network = try UNet(golden.configuration, seed: 0)
        #expect(network.state.parameterCount == golden.parameters)
        DeterministicFill.fill(network.state)
        let inputs = Inputs(golden.configuration)
        let steps = [3, 500]
        let graph = Graph(training: true, recording: true)
        let x = DiffusionSchedule.linear().noised(inputs.start, at: steps, noise: inputs.noise)
        let y = network(
            x, steps: steps, reconstruction: inputs.condition, signal: network.signal([2, 7]), in: graph)
        let values = ChannelOrder.channelsFirst(y.values, shape: y.shape).values.map(Double.init)
        let statistics = Self.statistics(values)
        expectClose(statistics.mean, golden.mean, relative: 1e-4, "mean")
        expectClose(statistics.deviation, golden.deviation, relative: 1e-5, "standard deviation")
        expectClose(Array(values.prefix(4)), golden.first, relativeToMax: 1e-5, "first values")
        expectClose(Array(values.suffix(2)), golden.last, relativeToMax: 1e-5, "last values")
        let loss = graph.meanSquaredError(y, inputs.noise)
        expectClose(Double(loss.item()), golden.loss, relative: 1e-5, "loss")
        graph.backward(from: loss)
        let adam = Adam(parameters: network.state.parameters, learningRate: 0)
        expectClose(adam.step(), golden.gradientNorm, relative: 1e-4, "gradient norm")
    }

    @Test(arguments: goldens)
    func samplesGoldenValues(_ golden: Golden) throws {
        let model = try DiffusionModel(
            DiffusionDescription(network: golden.configuration, pixelRange: .zeroOne, leafCount: 8, treeDigest: ""),
            seed: 0)
        DeterministicFill.fill(model.network.state)
        let inputs = Inputs(golden.configuration)
        let size = inputs.condition.count / 2
        let images = [2, 7].enumerated().map { image, leaf in
            SamplingImage(
                key: ImageKey(seed: 0, image: UInt32(image)),
                reconstruction: Array(inputs.condition.values[image * size..<(image + 1) * size]), leaf: leaf,
                start: .noise)
        }
        let run = try SamplingRun(
            model, images: images, settings: SamplerSettings(steps: 10), noise: GivenStart(noise: inputs.noise.values),
            clip: -1...1)
        while !run.isFinished { run.step() }
        let values = ChannelOrder.channelsFirst(run.results.flatMap(\.self), shape: inputs.noise.shape).values
            .map(Double.init)
        let statistics = Self.statistics(values)
        // Ten steps in float32 differ by up to 3e-5 from double precision.
        #expect(abs(statistics.mean - golden.sampledMean) < 1e-4)
        #expect(abs(statistics.deviation - golden.sampledDeviation) < 1e-4)
        expectClose(Array(values.prefix(4)), golden.sampled, relativeToMax: 1e-4, "first values")
    }

    @Test(arguments: [
        (DiffusionTrainingSettings.Preset.tiny, 28, 1, 291_505), (.tiny, 32, 3, 292_371), (.small, 28, 1, 2_338_817),
        (.small, 32, 3, 2_340_547), (.paper, 28, 1, 9_326_593), (.paper, 32, 3, 9_330_051),
    ])
    func presetsHaveTheCountedParameters(
        preset: DiffusionTrainingSettings.Preset, size: Int, channels: Int, count: Int
    ) throws {
        let settings = DiffusionTrainingSettings.preset(preset, imageSize: size, imageChannels: channels)
        try settings.validate()
        #expect(settings.network.parameterCount == count)
    }

    @Test func clusterUnconditionalNetworkOfThePaper() {
        let network = UNetConfiguration(imageChannels: 3, imageSize: 32, seesLeaf: false)
        #expect(network.parameterCount == 8_622_275)
    }

    @Test func embeddingTableHasARowForNoLeaf() throws {
        let configuration = UNetConfiguration.test(leafSignal: .embedding, leafCount: 3)
        let network = try UNet(configuration, seed: 1)
        let table = try #require(network.state.parameters.first { $0.name == "proj.weight" }).parameter
        #expect(table.torchShape == [4, 32])
        #expect(network.signal([0, 2, nil])?.values == [0, 2, 3])
        #expect(network.state.parameterCount == configuration.parameterCount)
    }

    @Test func gradientsOfTheEmbeddingTable() throws {
        let network = try UNet(.test(leafSignal: .embedding, leafCount: 3), seed: 1)
        network.state.randomise()
        let table = try #require(network.state.parameters.first { $0.name == "proj.weight" }).parameter.value
        let x = Tensor([3, 8, 8, 1], RandomKey(seed: 3, use: 1).normals(192))
        FiniteDifferences.expect("embedding", inputs: [("table", table)]) { graph in
            network(x, steps: [1, 500, 999], reconstruction: x, signal: network.signal([1, nil, 1]), in: graph)
        }
        // Leaves that no image has get nothing.
        let width = table.channels
        let rows = UnsafeBufferPointer(start: table.gradient(), count: table.count)
        #expect(rows[0..<width].allSatisfy { $0 == 0 } && rows[2 * width..<3 * width].allSatisfy { $0 == 0 })
    }

    @Test func nativePaddingRunsAtTheImagesOwnSize() throws {
        let network = try UNet(.test(size: 12, padding: .native), seed: 1)
        network.state.randomise()
        #expect(network.configuration.paddedSize == 12)
        let x = Tensor([1, 12, 12, 1], RandomKey(seed: 3, use: 1).normals(144))
        let y = network(x, steps: [5], reconstruction: x, signal: network.signal([1]), in: .inference)
        #expect(y.shape == x.shape)
        #expect(y.values.allSatisfy { $0.isFinite })
    }

    @Test func dropoutIsKeyedByStepAndBlock() throws {
        var configuration = UNetConfiguration.test()
        configuration.dropout = 0.5
        let network = try UNet(configuration, seed: 1)
        network.state.randomise()
        let x = Tensor([1, 8, 8, 1], RandomKey(seed: 3, use: 1).normals(64))
        func output(_ training: Bool, _ key: RandomKey?) -> [Float] {
            network(
                x, steps: [5], reconstruction: x, signal: network.signal([1]),
                in: Graph(training: training, recording: false), dropout: key
            ).values
        }
        let (first, second) = (RandomKey(seed: 1, use: 0, step: 1), RandomKey(seed: 1, use: 0, step: 2))
        #expect(output(true, first) == output(true, first))
        #expect(output(true, first) != output(true, second))
        #expect(output(false, first) == output(false, nil))
        #expect(output(true, first) != output(false, first))
    }

    @Test func wrongSettingsAreRefusedWithASentence() {
        var wrong: [(UNetConfiguration, String)] = []
        func add(_ word: String, _ change: (inout UNetConfiguration) -> Void) {
            var configuration = UNetConfiguration(imageChannels: 1, imageSize: 28)
            change(&configuration)
            wrong.append((configuration, word))
        }
        add("in_channels") { $0.imageChannels = 0 }
        add("image_size") { $0.imageSize = 1 << 40 }
        add("model_channels") { $0.modelChannels = -64 }
        add("channel_mult") { $0.channelMultipliers = [] }
        add("channel_mult") { $0.channelMultipliers = [1, 1 << 50] }
        add("num_res_blocks") { $0.residualBlocks = 0 }
        add("dropout") { $0.dropout = .nan }
        add("num_heads") { $0.attentionHeads = 7 }
        add("groupnorm_groups") { $0.modelChannels = 48 }
        add("parameters") {
            $0.modelChannels = 1024
            $0.channelMultipliers = Array(repeating: 64, count: 6)
        }
        add("halve") { $0.paddingRule = .native }
        add("padding_rule") { $0.imageSize = 27 }
        add("leaf_count") { $0.leafSignal = .embedding }
        for (configuration, word) in wrong {
            let error = #expect(throws: DiffusionError.self) { try UNet(configuration, seed: 0) }
            #expect(error?.description.contains(word) == true, "\(error?.description ?? "") lacks \(word)")
        }
    }

    private static func statistics(_ values: [Double]) -> (mean: Double, deviation: Double) {
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, (squares / Double(values.count - 1)).squareRoot())
    }
}

/// The golden values' images.
private struct Inputs {
    let start: Tensor
    let noise: Tensor
    let condition: Tensor

    init(_ configuration: UNetConfiguration) {
        let shape = Shape(2, configuration.imageSize, configuration.imageSize, configuration.imageChannels)
        start = DeterministicFill.image(0, shape: shape)
        noise = DeterministicFill.image(1, shape: shape)
        for index in 0..<noise.count { noise.data[index] = 2 * noise.data[index] - 1 }
        condition = DeterministicFill.image(2, shape: shape)
    }
}

/// A given x_T and no noise after it.
private struct GivenStart: DiffusionNoise {
    let noise: [Float]

    func fill(_ values: UnsafeMutablePointer<Float>, count: Int, image: Int, draw: NoiseDraw) {
        for index in 0..<count { values[index] = draw == .start ? noise[image * count + index] : 0 }
    }
}
