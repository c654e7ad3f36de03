import Foundation
import Models
import Neural
import WorkerCore

/// Checkpoints of trainings: what a worker reads that goes on from another's, with its curves.
struct CheckpointTarget: FuzzTarget {
    static let name = "checkpoint"
    static let memory = 1 << 30

    private let dataset: ImageDataset

    init(scratch: String) throws {
        Parallel.threads = 1
        dataset = try SmallModels.dataset
    }

    func seeds() throws -> [[UInt8]] {
        var seeds: [[UInt8]] = []
        let settings = CheckpointSettings()
        for training in [
            try TreeTraining(settings: settings.tree, dataset: dataset),
            try ClassifierTraining(settings: settings.classifier, dataset: dataset),
            try DiffusionTraining(
                settings: settings.diffusion, leafCount: 3, treeDigest: "abc", images: dataset,
                conditions: NoConditions()),
        ] as [any TrainingRun] {
            var notes = RunCheckpoint.Notes()
            for _ in 0..<3 where !training.isFinished {
                let progress = try training.step()
                notes.curve.add(progress, time: Date(timeIntervalSince1970: 1000))
                notes.best.add(progress)
            }
            seeds.append(try RunCheckpoint(state: training.checkpoint(), notes: notes).encoded())
        }
        return seeds
    }

    func mutate(_ input: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
        let start = 16
        guard input.count > start, let length = SafetensorsMutator.headerLength(Array(input[8...])), !random.oneIn(20)
        else { return ByteMutator.mutate(input, &random) }
        var (notes, state) = (Array(input[start..<start + length]), Array(input[(start + length)...]))
        if random.oneIn(2) {
            notes = TextMutator.mutate(notes, &random)
        } else {
            state = SafetensorsMutator.mutate(state, &random)
        }
        return input[..<8] + withUnsafeBytes(of: UInt64(notes.count).littleEndian) { Array($0) } + notes + state
    }

    func run(_ input: [UInt8]) throws -> Int {
        do {
            let checkpoint = try RunCheckpoint(bytes: input)
            goOn(checkpoint.notes)
            switch try Safetensors(bytes: checkpoint.state).metadata["kind"] {
            case "tree-training": try step(TreeTraining(resuming: checkpoint.state, dataset: dataset))
            case "classifier-training": try step(ClassifierTraining(resuming: checkpoint.state, dataset: dataset))
            default:
                try step(
                    DiffusionTraining(resuming: checkpoint.state, images: dataset, conditions: NoConditions()))
            }
        } catch let error as Violation {
            throw error
        } catch {
            try Violation.expect("\(error)".utf8.count <= 8000, "a refusal of \("\(error)".utf8.count) bytes")
        }
        return 1
    }

    /// The curve with another step, and its files.
    private func goOn(_ notes: RunCheckpoint.Notes) {
        var notes = notes
        let step = TrainingProgress(
            stage: "final", epoch: 1, epochs: 2, step: 4, totalSteps: 8, loss: 1, parts: [], learningRate: 0.1)
        notes.curve.add(step)
        notes.best.add(step)
        _ = notes.best.close()
        _ = (CurveFiles(notes.curve).all, notes.curve.summary)
        do {
            _ = try CurvePlot(notes.curve, title: "curve").files
        } catch {
            // A curve that cannot be drawn is a sentence.
            return
        }
    }

    private func step(_ training: some TrainingRun) throws {
        guard !training.isFinished else { return }
        _ = try training.step()
        _ = try training.checkpoint()
    }
}
