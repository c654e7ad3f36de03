import Neural
import TestSupport
import Testing

/// Twelve steps of the authors' optimiser, its clipping, warm-up and moving average.
@Suite struct AdamParityTests {
    @Test(arguments: try Fixture.all(kind: "adam"))
    func steps(_ fixture: Fixture) throws {
        try ParityReport.of(fixture) { report in
            var run = try AdamRun(fixture)
            let rates = try fixture.doubles("lr")
            #expect(!rates.isEmpty)
            for step in rates.indices {
                let norm = try run.step(step)
                expectClose(run.rate, rates[step], relative: 1e-9, "lr at step \(step)", in: report, as: "rate")
                if fixture.has("grad_norm") {
                    let expected = try fixture.doubles("grad_norm")[step]
                    expectClose(norm, expected, relative: 1e-5, "norm at step \(step)", in: report, as: "norm")
                }
                for (index, parameter) in run.parameters {
                    try expectClose(
                        parameter.value, fixture, "param.\(step).\(index)", relativeToMax: 1e-5, in: report,
                        as: "parameters")
                    let mean = try #require(run.average.average(of: index))
                    try expectClose(
                        mean, fixture, "ema.\(step).\(index)", relativeToMax: 1e-5, in: report, as: "average")
                }
            }
        }
    }

    @Test(arguments: try Fixture.all(kind: "adam"))
    func continuesFromCheckpoint(_ fixture: Fixture) throws {
        let count = try fixture.doubles("lr").count
        var whole = try AdamRun(fixture)
        for step in 0..<count { _ = try whole.step(step) }

        var first = try AdamRun(fixture)
        for step in 0..<count / 2 { _ = try first.step(step) }
        let bytes = Safetensors.encode(
            first.state.tensors(prefix: "model.") + first.optimiser.tensors(prefix: "adam.")
                + first.average.tensors(prefix: "average."))
        let file = try Safetensors(bytes: bytes)
        var second = try AdamRun(fixture)
        try second.state.load(file, prefix: "model.")
        try second.optimiser.load(file, prefix: "adam.")
        try second.average.load(file, updates: first.average.updates, prefix: "average.")
        for step in count / 2..<count { _ = try second.step(step) }

        for ((name, continued), (_, uninterrupted)) in zip(second.parameters, whole.parameters) {
            #expect(continued.value.values == uninterrupted.value.values, "parameter \(name)")
            #expect(second.average.average(of: name)?.values == whole.average.average(of: name)?.values)
        }
    }
}

/// One run over a fixture's gradients.
private struct AdamRun {
    let parameters: [(name: String, parameter: Parameter)]
    let optimiser: Adam
    let average: ExponentialMovingAverage
    private(set) var rate = 0.0
    private let fixture: Fixture

    var state: StateDictionary {
        var state = StateDictionary()
        for (name, parameter) in parameters { state.add(name, parameter) }
        return state
    }

    init(_ fixture: Fixture) throws {
        self.fixture = fixture
        parameters = try fixture.names(under: "start.").map { index in
            let start = try fixture.tensor("start.\(index)", requiresGradient: true)
            return (index, Parameter(start, layout: .vector))
        }
        let config = fixture.config
        let clip = try config.float("grad_clip")
        optimiser = Adam(
            parameters: parameters, learningRate: try config.double("lr"), beta1: try config.double("beta1"),
            beta2: try config.double("beta2"), eps: try config.float("eps"),
            weightDecay: try config.float("weight_decay"), gradientClip: clip > 0 ? clip : nil)
        average = ExponentialMovingAverage(
            parameters: parameters, decay: try config.double("ema_decay"), warmUp: false)
    }

    /// Makes step `step` and returns the gradients' norm.
    mutating func step(_ step: Int) throws -> Double {
        optimiser.clearGradients()
        for (index, parameter) in parameters {
            let values = try fixture.floats("grad.\(step).\(index)")
            let gradient = parameter.value.gradient()
            for element in values.indices { gradient[element] = values[element] }
        }
        rate = LearningRate.warmedUp(
            optimiser.learningRate, step: step, over: try fixture.config.int("warmup_steps"))
        let norm = optimiser.step(learningRate: rate)
        average.update()
        return norm
    }
}
