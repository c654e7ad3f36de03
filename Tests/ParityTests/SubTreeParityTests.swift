import Models
import Neural
import TestSupport
import Testing

/// The two leaves that are trained when a leaf is split, against the authors' small tree.
@Suite("Small tree parity")
struct SubTreeParityTests {
    @Test(
        "A training pass gives the authors' losses, gradients and buffers", arguments: try Fixture.all(kind: "subtree"))
    func parity(fixture: Fixture) throws {
        try ParityReport.of(fixture) { report in try compare(fixture, report) }
    }

    private func compare(_ fixture: Fixture, _ report: ParityReport) throws {
        let configuration = try TreeVAEConfiguration(json: try fixture.metadata("config"))
        // The authors' depth is that of the new leaves.
        let depth = try #require(Int(try fixture.metadata("depth")))
        let tree = SmallTree(configuration, depth: depth, seed: 1)
        try tree.state.load(fixture.state)
        let graph = Graph(training: true, recording: true)
        let pass = tree.pass(
            try input(fixture, configuration, depth), noise: try recordedNoise(fixture, "train"), in: graph)
        try expectClose(pass.losses.reconstruction, fixture, "train.rec_loss", in: report)
        try expectClose(pass.losses.nodeDivergence, fixture, "train.kl_nodes", in: report)
        try expectClose(pass.losses.decisionDivergence, fixture, "train.kl_decisions", in: report)
        try expectClose(pass.losses.contrast, fixture, "train.aug_decisions", in: report)
        for (leaf, probability) in [pass.left, pass.right].enumerated() {
            let expected = try fixture.floats("train.p_c_z").enumerated().filter { $0.offset % 2 == leaf }.map(
                \.element)
            expectClose(probability.values, expected, relativeToMax: 1e-4, "train.p_c_z of leaf \(leaf)", in: report)
        }
        let alpha = try #require(Float(try fixture.metadata("alpha")))
        let loss = pass.losses.total(alpha: alpha, in: graph)
        try expectClose(loss, fixture, "train.loss", in: report)
        graph.backward(from: loss)
        try expectGradients(of: tree.state, match: fixture, in: report)
        try compareBuffers(of: tree.state, fixture, report)
    }

    private func input(
        _ fixture: Fixture, _ configuration: TreeVAEConfiguration, _ depth: Int
    ) throws -> SmallTreeInput {
        func feature(depth: Int) throws -> Tensor {
            try fixture.tensor("input.bottom_up.\(configuration.featureIndex(depth: depth))")
        }
        return SmallTreeInput(
            images: try fixture.tensor("input.x"), parentLatent: try fixture.tensor("input.z_parent"),
            probability: try fixture.tensor("input.prob"), parentFeature: try feature(depth: depth - 1),
            childFeature: try feature(depth: depth))
    }
}
