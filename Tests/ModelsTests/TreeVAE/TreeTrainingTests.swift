import Neural
import Synchronization
import Testing

@testable import Models

/// Serialised: a test sets the thread count.
@Suite("Training a tree", .serialized)
struct TreeTrainingTests {
    private func finish(_ run: TreeTraining) throws -> [TrainingProgress] {
        var progress: [TrainingProgress] = []
        while !run.isFinished { progress.append(try run.step()) }
        return progress
    }

    private static let darker: ImageAugmentation = { image, height, width, channels, random in
        let factor = 0.7 + 0.3 * random.uniform()
        for index in 0..<height * width * channels { image[index] *= factor }
    }

    @Test("Stages follow each other, each with its own schedule, and the run ends with a model")
    func stages() throws {
        let run = try TreeTraining(settings: SmallExample.settings(), dataset: SmallExample.dataset())
        let progress = try finish(run)
        var names: [String] = []
        for step in progress where names.last != step.stage { names.append(step.stage) }
        #expect(names.first == "initial")
        #expect(names.last == "final")
        #expect(names.contains("split 1"))
        #expect(names.contains("intermediate") == names.contains("split 2"))
        #expect(progress.map(\.step) == Array(1...progress.count))
        #expect(progress.last?.totalSteps == progress.count)
        #expect(progress.allSatisfy { $0.totalSteps >= $0.step })
        let final = progress.filter { $0.stage == "final" }
        #expect(final.first?.parts.first { $0.name == "alpha" }?.value == 0)
        #expect(final.last?.parts.first { $0.name == "alpha" }?.value == 1)
        let model = try TreeVAE(Safetensors(bytes: run.model()))
        #expect(model.topology == run.tree.topology)
    }

    @Test("The learning rate rises where training goes on with a whole tree, and nowhere else")
    func warmUp() throws {
        var settings = SmallExample.settings()
        settings.warmUpSteps = 2
        let progress = try finish(TreeTraining(settings: settings, dataset: SmallExample.dataset()))
        let rates = Dictionary(grouping: progress, by: \.stage).mapValues { $0.map(\.learningRate) }
        let whole = settings.learningRate
        #expect(rates["initial"]?.prefix(3) == [whole, whole, whole])
        #expect(rates["split 1"]?.prefix(3) == [whole, whole, whole])
        #expect(rates["final"]?.prefix(3) == [0, whole / 2, whole])
    }

    @Test("Leaves that the final stage has emptied are pruned and grow anew, and a shorter final stage follows")
    func regrowth() throws {
        var settings = SmallExample.settings()
        settings.regrowths = 1
        settings.initial.epochs = 20
        settings.learningRate = 0.01
        settings.maximumSplits = 1
        settings.prunes = false
        let dataset = try SmallExample.dataset()
        let grown = try TreeTraining(settings: settings, dataset: dataset)
        while grown.position.stage != .final { _ = try grown.step() }
        // All images go left at the last split: its right side is empty.
        let split = try #require(grown.tree.nodes.last { $0.kind == .split }?.routerQ)
        let bias = try #require(split.state.parameters.first { $0.name.hasSuffix("dense3.bias") })
        bias.parameter.value.data[0] = 1000
        settings.maximumSplits = 3
        let run = try TreeTraining(
            resuming: grown.checkpoint(), dataset: dataset, changing: { [settings] _ in settings })
        var progress: [TrainingProgress] = []
        var checkpoint: [UInt8] = []
        while !run.isFinished {
            progress.append(try run.step())
            if run.position.regrowths == 1, run.position.stage == .final, checkpoint.isEmpty {
                checkpoint = try run.checkpoint()
            }
        }
        let names = progress.map(\.stage).reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
        #expect(names.prefix(2) == ["final", "split 2"] && names.last == "final", "\(names)")
        #expect(names.dropFirst().dropLast().allSatisfy { $0.hasPrefix("split") })
        let last = try #require(progress.last)
        #expect(last.epochs == 1 && last.learningRate == 0.1 * settings.learningRate)
        let again = progress.drop { $0.stage == "final" }
        #expect(again.allSatisfy { $0.parts.first { $0.name == "alpha" }?.value == 1 })
        let resumed = try TreeTraining(resuming: checkpoint, dataset: dataset)
        _ = try finish(resumed)
        #expect(try resumed.model() == run.model())
    }

    @Test("A run that has the leaves it was to have does not grow anew")
    func noRegrowth() throws {
        var settings = SmallExample.settings()
        settings.regrowths = 1
        settings.clusters = 2
        settings.minimumLeafShare = 0
        let run = try TreeTraining(settings: settings, dataset: SmallExample.dataset())
        #expect(try finish(run).map(\.stage).reduce(into: Set()) { $0.insert($1) } == ["initial", "final"])
        #expect(run.position.regrowths == nil)
    }

    @Test("A final stage without views sees the images themselves, as many as a batch holds, and compares nothing")
    func plainFinal() throws {
        var settings = SmallExample.settings(contrastive: true)
        settings.augmentsFinal = false
        let dataset = try SmallExample.dataset()
        let views = Mutex(0)
        let counting: ImageAugmentation = { _, _, _, _, _ in views.withLock { $0 += 1 } }
        let run = try TreeTraining(settings: settings, dataset: dataset, augmentation: counting)
        while run.position.stage != .final {
            let made = views.withLock { $0 }
            let progress = try run.step()
            #expect(views.withLock { $0 } - made == run.settings.batchSize)
            #expect(progress.parts.contains { $0.name == "contrast" && $0.value > 0 })
        }
        let made = views.withLock { $0 }
        let checkpoint = try run.checkpoint()
        let final = try finish(run)
        #expect(views.withLock { $0 } == made)
        #expect(final.count == settings.final.epochs * (dataset.count / settings.batchSize))
        #expect(final.allSatisfy { $0.parts.contains { $0.name == "contrast" && $0.value == 0 } })
        #expect(final.first?.learningRate == 0.3 * settings.learningRate)
        let resumed = try TreeTraining(resuming: checkpoint, dataset: dataset, augmentation: counting)
        #expect(try finish(resumed) == final)
        #expect(try resumed.model() == run.model())
    }

    @Test("Training makes reconstructions better")
    func learns() throws {
        var settings = SmallExample.settings()
        settings.initial.epochs = 20
        settings.learningRate = 0.01
        settings.maximumSplits = 0
        settings.final.epochs = 0
        let progress = try finish(try TreeTraining(settings: settings, dataset: SmallExample.dataset()))
        let reconstruction: [Double] = progress.map { $0.parts.first?.value ?? .nan }
        let before: Double = reconstruction.prefix(4).reduce(0, +)
        let after: Double = reconstruction.suffix(4).reduce(0, +)
        #expect(after < 0.85 * before)
    }

    @Test("A run that goes on with fewer epochs than are done, or larger batches, goes on with what follows")
    func fewerEpochs() throws {
        var settings = SmallExample.settings()
        settings.initial.epochs = 3
        let dataset = try SmallExample.dataset()
        let run = try TreeTraining(settings: settings, dataset: dataset)
        while run.position.epoch < 2 { _ = try run.step() }
        _ = try run.step()
        let checkpoint = try run.checkpoint()
        func resumed(_ change: (inout TreeTrainingSettings) -> Void) throws -> TreeTraining {
            try TreeTraining(
                resuming: checkpoint, dataset: dataset,
                changing: {
                    var settings = $0
                    change(&settings)
                    return settings
                })
        }
        let shorter = try resumed { $0.initial.epochs = 1 }
        #expect(shorter.position.stage == .split && shorter.position.epoch == 0 && shorter.position.batch == 0)
        #expect(shorter.position.stepsDone == run.position.stepsDone)
        _ = try finish(shorter)
        let larger = try resumed { $0.batchSize = dataset.count }
        #expect(larger.position.stage == .split && larger.position.batch == 0)
        _ = try finish(larger)
    }

    @Test("A run that goes on from any checkpoint ends in the same bits", arguments: [false, true])
    func continuation(contrastive: Bool) throws {
        let settings = SmallExample.settings(contrastive: contrastive)
        let dataset = try SmallExample.dataset()
        let augmentation = contrastive ? Self.darker : nil
        let whole = try TreeTraining(settings: settings, dataset: dataset, augmentation: augmentation)
        var checkpoints: [[UInt8]] = []
        var progress: [TrainingProgress] = []
        while !whole.isFinished {
            checkpoints.append(try whole.checkpoint())
            progress.append(try whole.step())
        }
        let model = try whole.model()
        // Every third, so that each kind of stage is met at its beginning and in its middle.
        for start in stride(from: 1, to: checkpoints.count, by: 3) {
            let resumed = try TreeTraining(resuming: checkpoints[start], dataset: dataset, augmentation: augmentation)
            #expect(try resumed.checkpoint() == checkpoints[start])
            let next = try resumed.step()
            #expect(next == progress[start])
            if start + 1 < checkpoints.count { #expect(try resumed.checkpoint() == checkpoints[start + 1]) }
        }
        let resumed = try TreeTraining(
            resuming: checkpoints[checkpoints.count / 2], dataset: dataset, augmentation: augmentation)
        _ = try finish(resumed)
        #expect(try resumed.model() == model)
        let finished = try TreeTraining(resuming: whole.checkpoint(), dataset: dataset, augmentation: augmentation)
        #expect(finished.isFinished)
        #expect(try finished.model() == model)
    }

    @Test("A run is the same bit for bit on any number of cores", arguments: [false, true])
    func cores(contrastive: Bool) throws {
        let usual = Parallel.threads
        defer { Parallel.threads = usual }
        let dataset = try SmallExample.dataset()
        let checkpoints = try [1, 2, 3].map { threads in
            Parallel.threads = threads
            let run = try TreeTraining(
                settings: SmallExample.settings(contrastive: contrastive), dataset: dataset,
                augmentation: contrastive ? Self.darker : nil)
            _ = try finish(run)
            return try run.checkpoint()
        }
        #expect(checkpoints[1] == checkpoints[0])
        #expect(checkpoints[2] == checkpoints[0])
    }

    @Test("Features that are kept give the same run as features that are computed at each step")
    func featureCache() throws {
        var settings = SmallExample.settings()
        let kept = try TreeTraining(settings: settings, dataset: SmallExample.dataset())
        settings.featureCacheLimit = 0
        let computed = try TreeTraining(settings: settings, dataset: SmallExample.dataset())
        #expect(try finish(kept) == finish(computed))
        #expect(kept.tree.storedTensors() == computed.tree.storedTensors())
    }

    @Test("A loss that is no number stops the run with the stage and the step")
    func notANumber() throws {
        var settings = SmallExample.settings()
        settings.learningRate = 1
        let run = try TreeTraining(settings: settings, dataset: SmallExample.dataset())
        _ = try run.step()
        let parameter = try #require(run.tree.state.parameters.first { $0.name == "denses.0.mu.weight" }).parameter
        parameter.value.data[0] = .nan
        let error = #expect(throws: TrainingError.self) { try run.step() }
        #expect(error?.description.contains("\"initial\" at step 2") == true)
    }

    @Test("Data and settings that do not fit are refused")
    func refusals() throws {
        var settings = SmallExample.settings()
        let dataset = try SmallExample.dataset()
        settings.tree.imageSize = 16
        #expect(throws: TreeError.self) { try TreeTraining(settings: settings, dataset: dataset) }
        #expect(throws: TreeError.self) {
            try TreeTraining(settings: SmallExample.settings(contrastive: true), dataset: dataset)
        }
        #expect(throws: TreeError.self) {
            try TreeTraining(settings: SmallExample.settings(), dataset: SmallExample.dataset(count: 1))
        }
        let checkpoint = try TreeTraining(settings: SmallExample.settings(), dataset: dataset).checkpoint()
        #expect(throws: TreeError.self) {
            try TreeTraining(resuming: checkpoint, dataset: SmallExample.dataset(count: 69))
        }
        let model = try TreeTraining(settings: SmallExample.settings(), dataset: dataset).model()
        #expect(throws: TreeError.self) { try TreeTraining(resuming: model, dataset: dataset) }
    }

    @Test(
        "A checkpoint that stands where no run comes to is a sentence",
        arguments: ["epoch", "batch", "stepsDone", "splitsDone", "stagesBegun"], [Int.min, -1, .max])
    func impossiblePositions(field: String, number: Int) throws {
        let dataset = try SmallExample.dataset()
        let file = try Safetensors(
            bytes: TreeTraining(settings: SmallExample.settings(), dataset: dataset).checkpoint())
        var metadata = file.metadata
        metadata["position"] = metadata["position"]?.replacing("\"\(field)\":0", with: "\"\(field)\":\(number)")
        #expect(metadata["position"] != file.metadata["position"])
        let changed = Safetensors.encode(try file.names.map(file.stored), metadata: metadata)
        #expect(throws: TreeError.self) { try TreeTraining(resuming: changed, dataset: dataset) }
    }

    @Test("The published schedule: α, decays and stages")
    func publishedSchedule() throws {
        let paper = TreeTrainingSettings.preset(.paper, imageSize: 28, imageChannels: 1)
        #expect((paper.initial.alpha(epoch: 149) - 0.149).magnitude < 1e-12)
        #expect((paper.intermediate.alpha(epoch: 79) - 0.079).magnitude < 1e-12)
        #expect((paper.final.alpha(epoch: 50) - 0.5).magnitude < 1e-12)
        #expect(paper.final.alpha(epoch: 150) == 1)
        #expect(paper.initial.learningRateFactor(epoch: 99) == 1)
        #expect((paper.initial.learningRateFactor(epoch: 100) - 0.1).magnitude < 1e-12)
        #expect(paper.hasIntermediateStage(afterSplits: 3) && !paper.hasIntermediateStage(afterSplits: 4))
        let colour = TreeTrainingSettings.preset(.paper, imageSize: 32, imageChannels: 3)
        #expect(colour.initial.alpha(epoch: 0) == 0.01)
        #expect(!colour.hasIntermediateStage(afterSplits: 3) && colour.final.epochs == 0)
        for preset in TreeTrainingSettings.Preset.allCases {
            for (size, channels) in [(28, 1), (32, 3)] {
                let settings = TreeTrainingSettings.preset(preset, imageSize: size, imageChannels: channels)
                try settings.validate()
                let end = settings.initial.alpha(epoch: settings.initial.epochs - 1)
                #expect((end - (channels == 1 ? 0.149 : 1)).magnitude < 1e-9)
            }
        }
    }

    @Test("An evaluation reports assignments, shares and the negative ELBO")
    func evaluation() throws {
        let dataset = try SmallExample.dataset()
        let tree = try SmallExample.tree()
        let evaluation = try TreeEvaluation(tree, dataset: dataset, batch: 32)
        let again = try TreeEvaluation(tree, dataset: dataset, batch: 7)
        #expect(evaluation.assignments == again.assignments)
        #expect((evaluation.negativeELBO / again.negativeELBO - 1).magnitude < 1e-6)
        #expect((evaluation.leafShares.reduce(0, +) - 1).magnitude < 1e-5)
        #expect(evaluation.clustering?.samples == dataset.count)
        #expect(
            evaluation.lossParts.map(\.name) == ["reconstruction", "kl_root", "kl_nodes", "kl_decisions", "contrast"])
    }
}
