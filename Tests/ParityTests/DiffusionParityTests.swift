import Models
import Neural
import TestSupport
import Testing

/// The noise schedule and the samplers against the authors' processes, with their draws fed in.
@Suite struct DiffusionParityTests {
    @Test(arguments: try Fixture.all(kind: "diffusion"))
    func schedule(_ fixture: Fixture) throws {
        let parts = try DiffusionCase(fixture)
        let s = parts.model.schedule
        let steps = 0..<s.count
        let expected: [(String, [Double])] = [
            ("betas", s.betas),
            ("sqrt_alpha_bar", steps.map(s.signal)),
            ("minus_sqrt_alpha_bar", steps.map(s.noise)),
            ("sqrt_recip_alphas_cumprod", steps.map(s.inverseSignal)),
            ("sqrt_recipm1_alphas_cumprod", steps.map(s.inverseNoise)),
            ("post_coeff_1", s.posteriorMeanOfStart),
            ("post_coeff_2", s.posteriorMeanOfCurrent),
            ("post_variance", s.posteriorVariance),
            ("post_log_variance_clipped", s.posteriorLogVariance),
        ]
        try ParityReport.of(fixture) { report in
            for (name, values) in expected {
                expectClose(
                    values, try fixture.doubles("schedule.\(name)"), relativeToMax: 1e-6, name, in: report,
                    as: "schedule")
            }
            guard fixture.has("timesteps") else { return }
            let spaced = try s.respaced(parts.settings.respacing, steps: parts.settings.steps)
            #expect(try fixture.integers("timesteps") == spaced.timesteps)
            expectClose(
                spaced.betas, try fixture.doubles("spaced.betas"), relativeToMax: 1e-6, "spaced.betas", in: report,
                as: "schedule")
        }
    }

    @Test(arguments: try Fixture.all(kind: "diffusion"))
    func forwardProcess(_ fixture: Fixture) throws {
        // The recorded x_t is q(x_t | x_0) in every file; x̂, which formulation 2 adds to it, is not in it.
        let x = try DiffusionCase(fixture).model.schedule.noised(
            try fixture.tensor("input.x0"), at: try fixture.integers("q_sample.t"),
            noise: try fixture.tensor("input.noise"))
        try expectClose(x, fixture, "q_sample.x_t")
    }

    @Test(arguments: try Fixture.all(kind: "diffusion"))
    func sampling(_ fixture: Fixture) throws {
        try ParityReport.of(fixture) { report in
            let parts = try DiffusionCase(fixture)
            let run = try parts.run()
            run.prepare()
            let x = try #require(run.current)
            try expectClose(x, fixture, "x_T", in: report, as: "x_T")
            for k in 1...parts.steps {
                run.step()
                try expectClose(x, fixture, "x.\(k)", in: report, as: "x")
            }
            #expect(run.isFinished)
            #expect(run.results.flatMap(\.self) == x.values)
        }
    }
}

/// What a diffusion fixture says: the model, how it is sampled, and the draws.
private struct DiffusionCase {
    let model: DiffusionModel
    let settings: SamplerSettings
    let fixture: Fixture
    let steps: Int

    init(_ fixture: Fixture) throws {
        self.fixture = fixture
        let sampler = try fixture.json("sampler")
        let configuration = try UNetConfiguration(of: fixture)
        let formulation = try #require(Formulation(rawValue: sampler.int("formulation")))
        model = try DiffusionModel(
            DiffusionDescription(
                network: configuration, pixelRange: .zeroOne, formulation: formulation, leafCount: 4096,
                treeDigest: "", steps: sampler.int("T"), firstBeta: sampler.double("beta_1"),
                lastBeta: sampler.double("beta_2")), seed: 0)
        try model.network.state.load(fixture.state)
        let spaced = try sampler.string("respacing") == "spaced"
        settings = SamplerSettings(
            method: try #require(.init(rawValue: sampler.string("method"))),
            respacing: try #require(Respacing(rawValue: spaced ? sampler.string("skip") : "truncated")),
            steps: try sampler.int("steps"),
            variance: try #require(.init(rawValue: sampler.string("variance"))),
            guidanceWeight: try sampler.double("guidance_weight"), clipsStart: try sampler.bool("clip_denoised"))
        steps = fixture.names(under: "x.").count
    }

    /// Starts from the noised image, as the authors' reconstruction mode does, and clamps to [-1, 1] as they do.
    func run() throws -> SamplingRun {
        let x0 = try fixture.tensor("input.x0")
        let condition = fixture.has("input.cond") ? try fixture.tensor("input.cond") : nil
        let leaves = fixture.has("input.z") ? try fixture.floats("input.z").map { Int($0) } : []
        let images = (0..<x0.shape[0]).map { image in
            SamplingImage(
                key: ImageKey(seed: 0, image: UInt32(image)),
                reconstruction: condition.map { Self.image(image, of: $0) } ?? [],
                leaf: leaves.isEmpty ? nil : leaves[image], start: .image(Self.image(image, of: x0)))
        }
        return try SamplingRun(
            model, images: images, settings: settings, noise: RecordedDiffusionNoise(fixture), clip: -1...1)
    }

    private static func image(_ index: Int, of batch: Tensor) -> [Float] {
        let size = batch.count / batch.shape[0]
        return Array(batch.values[index * size..<(index + 1) * size])
    }
}

/// The fixture's draws in the order in which they were used.
private struct RecordedDiffusionNoise: DiffusionNoise {
    private let start: [Float]
    private let steps: [[Float]]

    init(_ fixture: Fixture) throws {
        start = try fixture.tensor("input.noise").values
        steps = try fixture.names(under: "noise.").indices.map { try fixture.tensor("noise.\($0)").values }
    }

    func fill(_ values: UnsafeMutablePointer<Float>, count: Int, image: Int, draw: NoiseDraw) {
        let source =
            switch draw {
            case .start: start
            case .step(let k): steps[k]
            }
        for index in 0..<count { values[index] = source[image * count + index] }
    }
}
