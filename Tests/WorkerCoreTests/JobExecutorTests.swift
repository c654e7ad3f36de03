import Foundation
import Imaging
import Models
import Synchronization
import Testing
import Wire
import WorkerCore

/// How attempts end: errors are sentences with a status, stops are kept, and what was saved goes on.
@Suite(.serialized) struct JobExecutorTests {
    @Test func whatDoesNotFitIsRefusedInASentence() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            #expect(try bench.failure(Grove_V1_JobSpec()).code == .unimplemented)

            let garbage = try bench.artifact("squares", [1, 2, 3])
            #expect(try bench.failure(JobBench.treeSpec(garbage)).code == .invalidArgument)
            var gone = garbage
            gone.sha256 = SHA256.hexDigest(of: [9])
            #expect(try bench.failure(JobBench.treeSpec(gone)).code == .notFound)

            let dataset = try bench.squares()
            let tree = try bench.tree(dataset)
            let large = try bench.artifact("large", DatasetContainer.encode(JobBench.squares(side: 32)))
            var evaluation = Grove_V1_JobSpec()
            evaluation.evaluate.tree = tree
            evaluation.evaluate.dataset = large
            let shape = try bench.failure(evaluation)
            #expect(shape.code == .invalidArgument && shape.message.contains("32×32×1"))

            var sample = JobBench.sampleSpec(tree)
            sample.sample.leaves = .one
            sample.sample.leaf = 7
            let leaf = try bench.failure(sample)
            #expect(leaf.code == .invalidArgument && leaf.message.contains("leaf 7"))
        }
    }

    @Test func imagesThatAreGivenMustFit() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            var spec = Grove_V1_JobSpec()
            spec.reconstruct.tree = try bench.tree(bench.squares())
            func refusal(_ bytes: [UInt8]) throws -> RPCError {
                spec.reconstruct.images = [try bench.file("mine.png", bytes)]
                return try bench.failure(spec)
            }
            func black(_ width: Int, channels: Int) throws -> [UInt8] {
                let pixels = [UInt8](repeating: 0, count: width * 28 * channels)
                return try PNG.encode(ImageBuffer(width: width, height: 28, channels: channels, pixels: pixels))
            }
            for (bytes, word) in [
                (try black(20, channels: 1), "20×28"), (try black(28, channels: 3), "grey"), ([1, 2, 3], "not a PNG"),
            ] {
                let error = try refusal(bytes)
                #expect(error.code == .invalidArgument && error.message.contains(word), "\(error)")
                #expect(error.message.contains("mine.png"))
            }
        }
    }

    /// A tree whose weights are NaN: it must neither crash the worker nor give black images.
    @Test func numbersThatAreNoneEndTheJob() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            let dataset = try bench.squares()
            var bytes = try #require(try bench.products(JobBench.treeSpec(dataset)).artifacts.first).bytes
            let header = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
            let tensors = try JSONSerialization.jsonObject(with: Data(bytes[8..<(8 + header)])) as? [String: Any] ?? [:]
            // Weights only: counters of steps are integers, and refused sooner.
            for case let tensor as [String: Any] in tensors.values where tensor["dtype"] as? String == "F32" {
                let range = try #require(tensor["data_offsets"] as? [Int])
                for index in range[0]..<range[1] { bytes[8 + header + index] = 0xFF }
            }
            let tree = try bench.artifact("broken", bytes)
            let sampling = try bench.failure(JobBench.sampleSpec(tree))
            #expect(sampling.message.contains("not numbers"), "\(sampling)")
            let training = try bench.failure(JobBench.diffusionSpec(dataset, tree))
            #expect(!training.message.isEmpty && training.code != .unknown, "\(training)")
        }
    }

    @Test func aFullStateFolderIsNotTheJobsFault() throws {
        try withScratchFolder { folder in
            let cache = folder.appending(path: "cache")
            let bench = try JobBench(cache)
            let dataset = try bench.squares()
            try FileManager.default.removeItem(at: cache)
            try Data().write(to: cache)
            let error = try bench.failure(JobBench.treeSpec(dataset))
            #expect(error.code == .resourceExhausted && error.message.contains("state folder"), "\(error)")
        }
    }

    @Test func cancelEndsAtTheNextStep() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            var spec = JobBench.treeSpec(try bench.squares())
            spec.trainTree.checkpoints.everySteps = 2
            let running = attempt(spec)
            bench.broker.state.withLock { $0.onCheckpoint = { _ in running.requestStop(.dropped) } }
            #expect(try bench.failure(running).code == .cancelled)
            #expect(bench.broker.checkpoints.count == 1)
            #expect(running.report.progress.step == 2)
        }
    }

    @Test func aTreeGoesOnFromItsCheckpointBitForBit() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            // Step 6 lies within the first split.
            try requireSameAfterShutdown(bench, JobBench.treeSpec(bench.squares(), leaves: 3), at: 6) {
                $0.trainTree.checkpoints.everySteps = 6
            }
        }
    }

    @Test func aDiffusionModelGoesOnFromItsCheckpointBitForBit() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            let dataset = try bench.squares()
            try requireSameAfterShutdown(bench, JobBench.diffusionSpec(dataset, bench.tree(dataset)), at: 3) {
                $0.trainDiffusion.checkpoints.everySteps = 3
            }
        }
    }

    private func requireSameAfterShutdown(
        _ bench: JobBench, _ spec: Grove_V1_JobSpec, at step: UInt64, policy: (inout Grove_V1_JobSpec) -> Void
    ) throws {
        let whole = try bench.products(spec)
        var saving = spec
        policy(&saving)
        let stopped = attempt(saving)
        bench.broker.state.withLock { $0.onCheckpoint = { _ in stopped.requestStop(.shutdown) } }
        guard case .interrupted = bench.executor.run(stopped) else {
            Issue.record("a stopped attempt was not given back")
            return
        }
        #expect(stopped.report.progress.step == step)
        // The one that was due is also that of the shutdown.
        #expect(bench.broker.checkpoints.count == 1)
        let saved: Grove_V1_FileRef = try #require(bench.broker.checkpoints.last)
        let resumed = try bench.products(attempt(spec, checkpoint: saved))
        #expect(resumed.artifacts.map(\.bytes) == whole.artifacts.map(\.bytes))
        // The curve has no gap and no repetition.
        #expect(try curve(resumed) == curve(whole))
    }

    /// The lines of the curve without the time of day.
    private func curve(_ products: JobProducts) throws -> [String] {
        let file = try #require(products.files.first { $0.name == "metrics.csv" })
        return String(decoding: file.bytes, as: UTF8.self).split(separator: "\r\n").map { line in
            let columns = line.split(separator: ",", omittingEmptySubsequences: false)
            return (columns.prefix(3) + columns.dropFirst(4)).joined(separator: ",")
        }
    }

    @Test func aLossThatIsNoNumberLeavesTheLastCheckpointToGoOnFrom() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            var spec = JobBench.treeSpec(try bench.squares())
            spec.trainTree.checkpoints.everySteps = 2
            let running = attempt(spec)
            bench.broker.state.withLock { $0.onCheckpoint = { _ in running.requestStop(.shutdown) } }
            guard case .interrupted = bench.executor.run(running) else {
                Issue.record("a stopped attempt was not given back")
                return
            }
            bench.broker.state.withLock { $0.onCheckpoint = nil }
            let good: Grove_V1_FileRef = try #require(bench.broker.checkpoints.last)
            // The optimiser's moments at the end of the file become NaN, and the weights with the next step.
            let bytes = try #require(bench.broker.state.withLock { $0.blobs[good.sha256] })
            var checkpoint = try RunCheckpoint(bytes: bytes)
            for index in checkpoint.state.indices.suffix(4000) { checkpoint.state[index] = 0xFF }
            spec.trainTree.checkpoints.everySteps = 1
            let error = try bench.failure(
                attempt(spec, checkpoint: bench.file("checkpoint-2", checkpoint.encoded())))
            #expect(error.code == .failedPrecondition && error.message.contains("at step 3"), "\(error.message)")
            // They were not saved, and the curve up to the end came without a checkpoint.
            #expect(bench.broker.checkpoints.count == 1)
            let last = try #require(bench.broker.saved.last)
            #expect(!last.hasCheckpoint && last.files.contains { $0.name == "metrics.jsonl" })
            spec.trainTree.settings.learningRate = 1e-5
            #expect(try bench.products(attempt(spec, checkpoint: good)).artifacts.count == 1)
            spec.trainTree.settings.latentChannels = 4
            let network = try bench.failure(attempt(spec, checkpoint: good))
            #expect(network.message.contains("keeps its networks"), "\(network.message)")
        }
    }

    @Test func fewerImagesThanABatchAreRefused() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            let dataset = try bench.squares()
            var spec = JobBench.treeSpec(dataset)
            spec.trainTree.settings.batchSize = 65
            #expect(try bench.failure(spec).message.contains("64 images"))
            spec = try JobBench.diffusionSpec(dataset, bench.tree(dataset))
            spec.trainDiffusion.settings.batchSize = 65
            #expect(try bench.failure(spec).message.contains("set 64 or less"))
        }
    }

    @Test func trainingGoesOnWhileTheBrokerTakesNoCheckpoint() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            var spec = JobBench.treeSpec(try bench.squares())
            spec.trainTree.checkpoints.everySteps = 3
            let running = attempt(spec)
            bench.broker.state.withLock { $0.checkpointTrouble = RPCError(.unavailable, "the broker is away") }
            #expect(try bench.products(running).artifacts.count == 1)
            #expect(running.takeLines(100).contains { $0.contains("not saved") })
            // A full disk is no reason to fail, and neither when the worker is stopped.
            bench.broker.state.withLock { $0.checkpointTrouble = RPCError(.resourceExhausted, "the disk is full") }
            #expect(try bench.products(spec).artifacts.count == 1)
            let stopped = attempt(spec)
            bench.broker.state.withLock { $0.onAttempt = { stopped.requestStop(.shutdown) } }
            guard case .interrupted = bench.executor.run(stopped) else {
                Issue.record("a worker that stops while the broker's disk is full failed its job")
                return
            }
            bench.broker.state.withLock { $0.checkpointTrouble = RPCError(.aborted, "a newer attempt has the job") }
            #expect(try bench.failure(spec).code == .aborted)
        }
    }

    @Test func aBrokerThatIsAwayGivesTheJobBack() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            let spec = JobBench.treeSpec(try bench.squares())
            for code in [StatusCode.unavailable, .deadlineExceeded] {
                bench.broker.goAway(code)
                guard case .interrupted = bench.executor.run(attempt(spec)) else {
                    Issue.record("a job failed because the broker was away")
                    return
                }
            }
        }
    }
}
