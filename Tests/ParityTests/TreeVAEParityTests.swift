import Models
import Neural
import TestSupport
import Testing

/// The whole tree against the authors' modules: evaluation, generation, and one training pass with its backward pass.
@Suite("TreeVAE parity")
struct TreeVAEParityTests {
    @Test(
        "Evaluation, generation and a training pass give the authors' numbers",
        arguments: try Fixture.all(kind: "treevae"))
    func parity(fixture: Fixture) throws {
        try ParityReport.of(fixture) { report in
            try compareEvaluation(fixture, report)
            try compareGeneration(fixture, report)
            try compareTraining(fixture, report)
        }
    }

    @Test(
        "One leaf an image gives what a pass through the whole tree gives", arguments: try Fixture.all(kind: "treevae"))
    func paths(fixture: Fixture) throws {
        let tree = try TreeVAE(fixture.file)
        let images = try fixture.tensor("input.x")
        let noise = try recordedNoise(fixture, "eval")
        expectClose(
            tree.leafProbabilities(images).values, try fixture.floats("eval.p_c_z"), relativeToMax: 1e-4, "eval.p_c_z")
        let leaves = tree.topology.leaves.count
        let choice = (0..<images.shape[0]).map { ($0 * 2 + 1) % leaves }
        let reconstruction = tree.reconstruct(images, leaf: choice, noise: noise)
        for (image, leaf) in choice.enumerated() {
            let all = try fixture.tensor("eval.leaf.\(leaf).reconstruction")
            expectClose(
                reconstruction.gatheringRows([image]).values, all.gatheringRows([image]).values, relativeToMax: 1e-4,
                "image \(image) through leaf \(leaf)")
        }
    }

    private func compareEvaluation(_ fixture: Fixture, _ report: ParityReport) throws {
        let tree = try TreeVAE(fixture.file)
        let pass = tree.pass(
            try fixture.tensor("input.x"), noise: try recordedNoise(fixture, "eval"), in: .inference)
        try compareLosses(pass, fixture, "eval", report)
        for (index, leaf) in pass.leaves.enumerated() {
            try expectClose(leaf.probability, fixture, "eval.leaf.\(index).prob", in: report)
            try expectClose(leaf.z, fixture, "eval.leaf.\(index).z", in: report)
            try expectClose(leaf.reconstruction, fixture, "eval.leaf.\(index).reconstruction", in: report)
        }
    }

    private func compareGeneration(_ fixture: Fixture, _ report: ParityReport) throws {
        let tree = try TreeVAE(fixture.file)
        let count = try fixture.shape("generate.noise.0")[0]
        let generated = tree.generate(count, noise: try recordedNoise(fixture, "generate"))
        try expectClose(generated.leafProbabilities, fixture, "generate.p_c_z", in: report)
        for (index, images) in generated.images.enumerated() {
            try expectClose(images, fixture, "generate.leaf.\(index).image", in: report)
        }
    }

    private func compareTraining(_ fixture: Fixture, _ report: ParityReport) throws {
        let tree = try TreeVAE(fixture.file)
        let alpha = Float(try fixture.metadata("alpha"))
        let graph = Graph(training: true, recording: true)
        let pass = tree.pass(try fixture.tensor("input.x"), noise: try recordedNoise(fixture, "train"), in: graph)
        try compareLosses(pass, fixture, "train", report)
        try expectClose(pass.losses.contrast, fixture, "train.aug_decisions", in: report)
        let loss = pass.losses.total(alpha: try #require(alpha), in: graph)
        try expectClose(loss, fixture, "train.loss", in: report)
        graph.backward(from: loss)
        try expectGradients(of: tree.state, match: fixture, in: report)
        try compareBuffers(of: tree.state, fixture, report)
        let untouched = tree.state.parameters.filter { $0.parameter.value.gradientIfAny == nil }.map(\.name)
        let expected = try fixture.json("parameters_without_gradient").elements().strings()
        #expect(Set(untouched) == Set(expected))
    }

    private func compareLosses(
        _ pass: TreePass, _ fixture: Fixture, _ stage: String, _ report: ParityReport
    ) throws {
        try expectClose(pass.losses.reconstruction, fixture, "\(stage).rec_loss", in: report)
        try expectClose(pass.losses.rootDivergence, fixture, "\(stage).kl_root", in: report)
        try expectClose(pass.losses.nodeDivergence, fixture, "\(stage).kl_nodes", in: report)
        try expectClose(pass.losses.decisionDivergence, fixture, "\(stage).kl_decisions", in: report)
        try expectClose(pass.leafProbabilities, fixture, "\(stage).p_c_z", in: report)
    }
}

/// The draws of one pass, in node order.
func recordedNoise(_ fixture: Fixture, _ stage: String) throws -> RecordedNoise {
    let count = fixture.names(under: "\(stage).noise.").count
    return RecordedNoise(nodes: try (0..<count).map { try fixture.tensor("\(stage).noise.\($0)") })
}

/// Expects what a training pass keeps aside to be the fixture's `after.*`.
func compareBuffers(of state: StateDictionary, _ fixture: Fixture, _ report: ParityReport) throws {
    for (name, entry) in state.entries {
        switch entry {
        case .parameter: break
        case .buffer(let tensor, _):
            try expectClose(tensor, fixture, "after.\(name)", in: report, as: "buffers")
        case .counter(let get, _):
            #expect(Int(get()) == (try fixture.integers("after.\(name)"))[0], "after.\(name)")
        }
    }
    let known = Set(state.entries.map(\.name))
    for name in fixture.names(under: "after.") { #expect(known.contains(name), "after.\(name): no such buffer") }
}
