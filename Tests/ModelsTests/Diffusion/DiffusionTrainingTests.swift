import Models
import Neural
import TestSupport
import Testing

@Suite(.serialized) struct DiffusionTrainingTests {
    private static func settings(_ change: (inout DiffusionTrainingSettings) -> Void = { _ in })
        -> DiffusionTrainingSettings
    {
        var network = UNetConfiguration.test()
        network.dropout = 0.1
        var settings = DiffusionTrainingSettings(
            network: network, steps: 8, batchSize: 6, imagesPerPass: 4, learningRate: 2e-3, warmUpSteps: 2,
            averageDecay: 0.9)
        change(&settings)
        return settings
    }

    private func run(
        _ settings: DiffusionTrainingSettings = settings(), source: any ConditionSource = Stripes()
    ) throws -> DiffusionTraining {
        try DiffusionTraining(
            settings: settings, leafCount: 3, treeDigest: "abc", images: Stripes(), conditions: source)
    }

    @Test func resumedRunIsBitEqual() throws {
        let usual = Parallel.threads
        defer { Parallel.threads = usual }
        var files: [[UInt8]] = []
        for threads in [1, 2] {
            Parallel.threads = threads
            let whole = try run()
            while !whole.isFinished { _ = try whole.step() }
            let first = try run()
            for _ in 0..<3 { _ = try first.step() }
            let second = try DiffusionTraining(
                resuming: first.checkpoint(), images: Stripes(), conditions: Stripes())
            #expect(second.stepsDone == 3)
            #expect(try second.checkpoint() == first.checkpoint())
            while !second.isFinished { _ = try second.step() }
            #expect(try second.model() == whole.model())
            #expect(try second.checkpoint() == whole.checkpoint())
            files.append(try whole.model())
        }
        #expect(files[0] == files[1], "the model depends on the number of threads")
    }

    @Test func reportsProgress() throws {
        let run = try run()
        var seen: [TrainingProgress] = []
        while !run.isFinished { seen.append(try run.step()) }
        #expect(seen.map(\.step) == Array(1...8))
        // Twenty images make three batches of six.
        #expect(seen.map(\.epoch) == [0, 0, 0, 1, 1, 1, 2, 2])
        #expect(seen.allSatisfy { $0.epochs == 3 && $0.totalSteps == 8 && $0.stage == "refinement" })
        #expect(seen.map(\.learningRate) == [0, 1e-3, 2e-3, 2e-3, 2e-3, 2e-3, 2e-3, 2e-3])
        #expect(seen.allSatisfy { $0.loss > 0 && $0.loss < 3 })
    }

    @Test func lossFalls() throws {
        let run = try run(Self.settings { $0.steps = 120 })
        var losses: [Double] = []
        while !run.isFinished { losses.append(try run.step().loss) }
        let (start, end) = (losses.prefix(10).reduce(0, +), losses.suffix(10).reduce(0, +))
        #expect(end < 0.7 * start, "from \(start / 10) to \(end / 10)")
    }

    @Test func everyEpochShowsEveryImageInAnotherOrder() throws {
        let recorder = Recorder()
        let run = try run(Self.settings { $0.batchSize = 5 }, source: recorder)
        while !run.isFinished { _ = try run.step() }
        let epochs = [recorder.seen[0..<4], recorder.seen[4..<8]].map { $0.flatMap(\.self) }
        #expect(epochs.allSatisfy { $0.sorted() == Array(0..<20) })
        #expect(epochs[0] != epochs[1])
        #expect(epochs[0] != Array(0..<20))
    }

    @Test func aLossThatIsNotANumberNamesTheStep() throws {
        let run = try run(source: Broken(from: 2))
        _ = try run.step()
        _ = try run.step()
        let before = try run.checkpoint()
        let error = #expect(throws: TrainingError.self) { try run.step() }
        #expect(error?.description.contains("step 3") == true)
        // The weights are still those of the step before.
        #expect(try run.checkpoint() == before)
    }

    @Test(arguments: [DiffusionTrainingSettings.DropUnit.image, .batch])
    func conditionsAreDropped(_ unit: DiffusionTrainingSettings.DropUnit) throws {
        func model(_ rate: Double, _ source: any ConditionSource) throws -> [UInt8] {
            let run = try run(
                Self.settings {
                    $0.dropRate = rate
                    $0.dropUnit = unit
                    $0.steps = 4
                    $0.pixelRange = .zeroOne
                }, source: source)
            while !run.isFinished { _ = try run.step() }
            return try run.model()
        }
        // Without conditions it does not matter which they were.
        #expect(try model(1, Stripes()) == model(1, Blank()))
        #expect(try model(0, Stripes()) != model(0, Blank()))
        #expect(try model(0.5, Stripes()) != model(0, Stripes()))
    }

    @Test func settingsChangeTheRun() throws {
        func model(_ change: (inout DiffusionTrainingSettings) -> Void) throws -> [UInt8] {
            let run = try run(Self.settings(change))
            for _ in 0..<3 { _ = try run.step() }
            return try run.model()
        }
        let plain = try model { _ in }
        #expect(try model { _ in } == plain)
        #expect(try model { $0.seed = 1 } != plain)
        #expect(try model { $0.loss = .l1 } != plain)
        #expect(try model { $0.pixelRange = .zeroOne } != plain)
        #expect(try model { $0.formulation = .second } != plain)
        #expect(try model { $0.averageWarmUp = false } != plain)
        #expect(try model { $0.gradientClip = 0.01 } != plain)
        #expect(try model { $0.network.dropout = 0 } != plain)
        #expect(try model { $0.network.leafSignal = .embedding } != plain)
    }

    @Test func modelFileCanBeSampledFrom() throws {
        let run = try run()
        while !run.isFinished { _ = try run.step() }
        let model = try DiffusionModelFile.load(run.model())
        #expect(model.description.treeDigest == "abc")
        let image = SamplingImage(
            key: ImageKey(seed: 1, image: 0), reconstruction: Array(repeating: 0.5, count: 64), leaf: 0)
        let sampling = try SamplingRun(model, images: [image], settings: SamplerSettings(steps: 2))
        while !sampling.isFinished { sampling.step() }
        #expect(sampling.results[0].allSatisfy { $0.isFinite })
    }

    @Test func foreignCheckpointsAreRefused() throws {
        let run = try run()
        let bytes = try run.checkpoint()
        #expect(throws: DiffusionError.self) { try DiffusionModelFile.load(bytes) }
        #expect(throws: DiffusionError.self) {
            try DiffusionTraining(resuming: run.model(), images: Stripes(), conditions: Stripes())
        }
        let error = #expect(throws: DiffusionError.self) {
            try DiffusionTraining(resuming: bytes, images: Stripes(count: 21), conditions: Stripes())
        }
        #expect(error?.description.contains("21") == true)
    }

    @Test func wrongSettingsAreRefused() {
        let wrong: [(inout DiffusionTrainingSettings) -> Void] = [
            { $0.steps = 0 }, { $0.batchSize = 0 }, { $0.learningRate = .nan }, { $0.gradientClip = 0 },
            { $0.averageDecay = 1.5 }, { $0.dropRate = -0.1 }, { $0.imagesPerPass = 0 }, { $0.network.groups = 3 },
            {
                $0.formulation = .second
                $0.network.seesReconstruction = false
            },
        ]
        for change in wrong {
            #expect(throws: DiffusionError.self) { try run(Self.settings(change)) }
        }
        #expect(throws: DiffusionError.self) {
            try DiffusionTraining(
                settings: Self.settings(), leafCount: 3, treeDigest: "abc", images: Stripes(count: 0),
                conditions: Stripes())
        }
        // Images of another size than the network's.
        let other = Self.settings { $0.network.imageSize = 16 }
        #expect(throws: DiffusionError.self) { try run(other).step() }
    }
}

/// Images of 8×8 with stripes whose place is their leaf; the condition is the image, dimmed.
private struct Stripes: DiffusionImages, ConditionSource {
    var count = 20

    func images(_ indices: [Int], in graph: Graph) -> Tensor { images(indices) }

    private func images(_ indices: [Int]) -> Tensor {
        let batch = Tensor([indices.count, 8, 8, 1])
        for (row, index) in indices.enumerated() {
            for pixel in 0..<64 { batch.data[row * 64 + pixel] = pixel % 3 == index % 3 ? 1 : 0 }
        }
        return batch
    }

    func conditions(for indices: [Int], step: Int) -> (reconstruction: Tensor, leaf: [Int]) {
        let batch = images(indices)
        for index in 0..<batch.count { batch.data[index] *= 0.5 }
        return (batch, indices.map { $0 % 3 })
    }
}

/// Conditions that say nothing.
private struct Blank: ConditionSource {
    func conditions(for indices: [Int], step: Int) -> (reconstruction: Tensor, leaf: [Int]) {
        (.filled([indices.count, 8, 8, 1], with: 0.25), indices.map { _ in 2 })
    }
}

/// Conditions that stop being numbers at a step, counted from 0.
private struct Broken: ConditionSource {
    let from: Int

    func conditions(for indices: [Int], step: Int) -> (reconstruction: Tensor, leaf: [Int]) {
        let (reconstruction, leaf) = Stripes().conditions(for: indices, step: step)
        if step >= from { reconstruction.data[0] = .nan }
        return (reconstruction, leaf)
    }
}

private final class Recorder: ConditionSource {
    private(set) var seen: [[Int]] = []

    func conditions(for indices: [Int], step: Int) -> (reconstruction: Tensor, leaf: [Int]) {
        seen.append(indices)
        return Stripes().conditions(for: indices, step: step)
    }
}
