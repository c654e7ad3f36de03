import FoundationEssentials
import Models
import Neural
import TestSupport
import Testing

/// The U-Net against the authors' module: prediction, loss and every gradient.
@Suite struct UNetParityTests {
    @Test(arguments: try Fixture.all(kind: "unet"))
    func network(_ fixture: Fixture) throws {
        try ParityReport.of(fixture) { report in
            let network = try UNet(UNetConfiguration(of: fixture), seed: 0)
            try network.state.load(fixture.state)
            let graph = Graph(training: true, recording: true)
            let x = try fixture.tensor("input.x", requiresGradient: true)
            let prediction = network(
                x, steps: try fixture.integers("input.t"),
                reconstruction: network.configuration.seesReconstruction ? try fixture.tensor("input.low_res") : nil,
                signal: network.configuration.seesLeaf ? try fixture.tensor("input.z") : nil, in: graph)
            try expectClose(prediction, fixture, "output.eps", in: report)
            let loss = graph.meanSquaredError(prediction, try fixture.tensor("input.target"))
            expectClose(
                Double(loss.item()), try fixture.scalar("output.loss"), relative: 1e-4, "loss", in: report, as: "loss")
            graph.backward(from: loss)
            try expectGradients(of: network.state, match: fixture, in: report)
            let (_, gradient) = ChannelOrder.channelsFirst(
                Array(UnsafeBufferPointer(start: x.gradient(), count: x.count)), shape: x.shape)
            expectClose(
                gradient, try fixture.floats("grad_input.x"), relativeToMax: 1e-3, "grad_input.x", in: report,
                as: "gradients")
        }
    }

    @Test(arguments: try Fixture.all(kind: "unet"))
    func parametersAreCountedBeforeTheyAreMade(_ fixture: Fixture) throws {
        let configuration = try UNetConfiguration(of: fixture)
        #expect(try UNet(configuration, seed: 0).state.parameterCount == configuration.parameterCount)
    }
}

extension UNetConfiguration {
    /// The fixture's settings, read as a file's are.
    init(of fixture: Fixture) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(fixture.metadata("config").utf8))
    }
}
