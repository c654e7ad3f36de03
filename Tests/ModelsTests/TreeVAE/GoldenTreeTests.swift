import Neural
import TestSupport
import Testing

@testable import Models

/// Two trees of the published sizes, filled by a formula, against the reference implementation's numbers in double precision.
@Suite("TreeVAE of published size")
struct GoldenTreeTests {
    struct Golden: Sendable, CustomTestStringConvertible {
        let name: String
        let configuration: TreeVAEConfiguration
        let evaluation: [Double]
        let leftProbability: [Double]
        let firstPixels: [Double]
        let meanPixels: [Double]
        let firstLatents: [Double]
        let training: [Double]
        let contrast: Double
        let loss: Double
        let gradientNorm: Double
        let encoderGradient: [Double]
        let decoderGradient: [Double]
        let routerGradients: [Double]

        var testDescription: String { name }
    }

    static let fashion = Golden(
        name: "Fashion-MNIST",
        configuration: TreeVAEConfiguration(
            hiddenActivation: .leakyReLU, residualConnections: true, latentChannels: Array(repeating: 16, count: 7),
            bottomUpChannels: Array(repeating: 32, count: 7), representationSize: 2, imageSize: 28, imageChannels: 1,
            architecture: .convolutional),
        evaluation: [543.7162790573598, 3.2914419455, 6.7497980133, 0.0071229898],
        leftProbability: [0.5576040, 0.5635744, 0.5652076, 0.5618224, 0.5634306, 0.5648778, 0.5496366, 0.5617690],
        firstPixels: [0.4933177, 0.4925938, 0.4955487, 0.4964888], meanPixels: [0.5060715, 0.4967536],
        firstLatents: [0.1056910, -0.0293820, 0.0347433],
        training: [696.1750880993, 133.1023193, 58.8320285, 0.0962076], contrast: 0, loss: 792.1903658336,
        gradientNorm: 888.5816378, encoderGradient: [-0.3592960, 1.4873650, 0.8699560],
        decoderGradient: [-0.0904289, 0.0016204, -0.2755803], routerGradients: [15.8858258, -0.0162864])

    static let cifar = Golden(
        name: "CIFAR-10",
        configuration: TreeVAEConfiguration(
            output: .linear, residualConnections: true, latentChannels: Array(repeating: 64, count: 7),
            bottomUpChannels: Array(repeating: 128, count: 7), representationSize: 4, imageSize: 32, imageChannels: 3,
            architecture: .residual, learnedResampling: true, augment: true,
            augmentationMethods: [.decisions, .everyLevel], augmentationWeight: 100),
        evaluation: [1231.065044933971, 47.4846265250, 105.9255845931, 0.00054255841],
        leftProbability: [0.5045260, 0.5197030, 0.5277207, 0.5065437, 0.5160638, 0.5194303, 0.5170587, 0.5025636],
        firstPixels: [-0.0884187, -0.0969721, -0.0945381, -0.0974863], meanPixels: [-0.0886029, -0.0310107],
        firstLatents: [0.0321531, 0.1540205, 0.0779070],
        training: [2170.5271857194, 1000, 811.1903565, 0.1015033], contrast: 407.9298784, loss: 3484.1029939524,
        gradientNorm: 5690.5258609, encoderGradient: [13.0250973, 26.7680519, 2.1835890],
        decoderGradient: [0.0646714, -0.0609298, 0.0819847], routerGradients: [-11.2032656, -0.0632402])

    @Test("Evaluation gives the reference's numbers", arguments: [fashion, cifar])
    func evaluation(golden: Golden) throws {
        let pass = try filledTree(golden).pass(images(golden), noise: ZeroNoise(), in: .inference)
        expectClose(losses(pass), golden.evaluation, each: 2e-5, "losses")
        expectClose(pass.leaves[0].probability.values, golden.leftProbability, each: 1e-5, "P_0")
        let reconstruction = torchOrder(pass.leaves[0].reconstruction)
        expectClose(Array(reconstruction.prefix(4)), golden.firstPixels, each: 1e-5, "pixels")
        let means = pass.leaves.map { leaf in
            Float(leaf.reconstruction.values.reduce(0.0) { $0 + Double($1) } / Double(leaf.reconstruction.count))
        }
        expectClose(means, golden.meanPixels, each: 1e-5, "mean pixels")
        expectClose(Array(torchOrder(pass.leaves[0].z).prefix(3)), golden.firstLatents, each: 1e-4, "z")
    }

    @Test("A training pass gives the reference's losses and gradients", arguments: [fashion, cifar])
    func training(golden: Golden) throws {
        let tree = try filledTree(golden)
        let graph = Graph(training: true, recording: true)
        let pass = tree.pass(images(golden), noise: ZeroNoise(), in: graph)
        expectClose(losses(pass), golden.training, each: 1e-4, "losses")
        expectClose([pass.losses.contrast.item()], [golden.contrast], each: 1e-4, "contrast")
        let loss = pass.losses.total(alpha: 0.5, in: graph)
        expectClose([loss.item()], [golden.loss], each: 2e-5, "loss")
        graph.backward(from: loss)
        let gradients = Dictionary(
            uniqueKeysWithValues: tree.state.parameters.map { ($0.name, torchGradient($0.parameter)) })
        let square = gradients.values.joined().reduce(0.0) { $0 + Double($1) * Double($1) }
        expectClose([Float(square.squareRoot())], [golden.gradientNorm], each: 1e-4, "gradient norm")
        let isGrey = golden.configuration.architecture == .convolutional
        let encoder = "bottom_up.0." + (isGrey ? "cnn0.weight" : "conv_img.weight")
        let decoder = "decoders.2." + (isGrey ? "cnn0.weight" : "resnet.0.conv_0.weight")
        expectClose(Array(try #require(gradients[encoder]).prefix(3)), golden.encoderGradient, each: 1e-3, encoder)
        expectClose(Array(try #require(gradients[decoder]).prefix(3)), golden.decoderGradient, each: 2e-3, decoder)
        let routers = try ["decisions_q.0.dense3.bias", "decisions.0.dense3.bias"].map {
            try #require(gradients[$0]).first ?? .nan
        }
        expectClose(routers, golden.routerGradients, each: 1e-3, "routers")
    }

    // MARK: The formula

    /// Parameters in the reference's order, each filled with its own sequence; running statistics at 0 and 1.
    private func filledTree(_ golden: Golden) throws -> TreeVAE {
        let tree = try TreeVAE(golden.configuration, seed: 1)
        let parameters = Dictionary(uniqueKeysWithValues: tree.state.parameters.map { ($0.name, $0.parameter) })
        for (index, name) in referenceOrder(tree.state.parameters.map(\.name)).enumerated() {
            let parameter = try #require(parameters[name])
            let shape = parameter.torchShape
            let count = shape.reduce(1, *)
            let values: [Float]
            if shape.count > 1 {
                let scale = (3 / (Double(count) / Double(shape[0]))).squareRoot()
                values = (0..<count).map { Float((2 * Self.uniform(index, $0) - 1) * scale) }
            } else {
                let isNormWeight = name.hasSuffix(".weight")
                values = (0..<count).map { Float(0.2 * (Self.uniform(index, $0) - 0.5) + (isNormWeight ? 1 : 0)) }
            }
            let ours = parameter.layout.fromTorch(values, shape: parameter.value.shape)
            for (element, value) in ours.enumerated() { parameter.value.data[element] = value }
        }
        return tree
    }

    private func images(_ golden: Golden) -> Tensor {
        let configuration = golden.configuration
        let shape = [8, configuration.imageChannels, configuration.imageSize, configuration.imageSize]
        let values = (0..<shape.reduce(1, *)).map { Float(Self.uniform(1_000_000, $0)) }
        let (ours, turned) = ChannelOrder.channelsLast(values, torchShape: shape)
        return Tensor(ours, turned)
    }

    /// The reference lists a weight before its bias, and a router's last layer after its norms.
    private func referenceOrder(_ names: [String]) -> [String] {
        var order = names
        for index in order.indices.dropLast() where order[index].hasSuffix(".bias") {
            let weight = order[index].dropLast(4) + "weight"
            if order[index + 1] == weight { order.swapAt(index, index + 1) }
        }
        let last = order.filter { $0.contains(".dense3.") }
        order.removeAll { $0.contains(".dense3.") }
        for name in last {
            let router = name.split(separator: ".").prefix(2).joined(separator: ".") + "."
            let end = order.lastIndex { $0.hasPrefix(router) } ?? order.count - 1
            order.insert(name, at: end + 1)
        }
        return order
    }

    /// The reference's formula: splitmix64 of n·2³² + j, as a double in [0, 1).
    private static func uniform(_ n: Int, _ j: Int) -> Double {
        var z = UInt64(n) << 32 &+ UInt64(j) &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return Double(z >> 11) * 0x1p-53
    }

    // MARK: Comparison

    private func losses(_ pass: TreePass) -> [Float] {
        let losses = pass.losses
        return [
            losses.reconstruction, losses.rootDivergence, losses.nodeDivergence, losses.decisionDivergence,
        ].map { $0.item() }
    }

    private func torchOrder(_ tensor: Tensor) -> [Float] {
        ChannelOrder.channelsFirst(tensor.values, shape: tensor.shape).values
    }

    private func torchGradient(_ parameter: Parameter) -> [Float] {
        guard let gradient = parameter.value.gradientIfAny else { return [] }
        let values = Array(UnsafeBufferPointer(start: gradient, count: parameter.value.count))
        return parameter.layout.toTorch(values, shape: parameter.value.shape)
    }

    /// Each value on its own, relative to itself but to no less than a hundredth of the largest.
    private func expectClose(_ actual: [Float], _ expected: [Double], each tolerance: Double, _ name: String) {
        #expect(actual.count == expected.count, "\(name)")
        let floor = (expected.map(\.magnitude).max() ?? 0) / 100
        for (value, wanted) in zip(actual, expected) {
            let error = (Double(value) - wanted).magnitude
            #expect(error <= tolerance * max(wanted.magnitude, floor), "\(name): \(value) where \(wanted) is expected")
        }
    }
}
