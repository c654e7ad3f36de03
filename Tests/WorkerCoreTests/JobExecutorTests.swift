import Foundation
import Models
import Testing
import Wire
import WorkerCore

/// Job kinds run against a broker in memory, with models that are made in seconds.
@Suite(.serialized) struct JobExecutorTests {
    /// What the tests share: a broker with a small dataset in it.
    private struct Bench {
        let broker = FakeBroker()
        let executor: JobExecutor

        init(_ folder: URL) throws {
            let blobs = try BlobCache(directory: folder, capacity: 1 << 30, link: broker)
            executor = JobExecutor(link: broker, blobs: blobs, models: ModelCache(blobs: blobs, capacity: 1 << 30))
        }

        func artifact(_ name: String, _ bytes: [UInt8]) throws -> Grove_V1_ArtifactRef {
            var artifact = Grove_V1_ArtifactRef()
            artifact.name = name
            artifact.version = 1
            artifact.sha256 = try broker.upload(bytes)
            artifact.size = UInt64(bytes.count)
            return artifact
        }

        func products(_ spec: Grove_V1_JobSpec) throws -> JobProducts {
            let outcome = executor.run(attempt(spec))
            guard case .succeeded(let products) = outcome else { throw Unexpected(outcome: "\(outcome)") }
            return products
        }

        func failure(_ spec: Grove_V1_JobSpec) throws -> RPCError {
            let outcome = executor.run(attempt(spec))
            guard case .failed(let error) = outcome else { throw Unexpected(outcome: "\(outcome)") }
            return error
        }
    }

    private struct Unexpected: Error {
        let outcome: String
    }

    private func digits() throws -> [UInt8] {
        let pixels = (0..<64 * 784).map { UInt8(truncatingIfNeeded: ($0 / 784 * 31 + $0 % 28 * 9) & 255) }
        let labels = (0..<64).map { UInt8($0 % 2) }
        return try DatasetContainer.encode(
            ImageDataset(name: "digits", height: 28, width: 28, channels: 1, pixels: pixels, labels: labels))
    }

    private func treeSpec(_ dataset: Grove_V1_ArtifactRef) -> Grove_V1_JobSpec {
        var spec = Grove_V1_JobSpec()
        spec.trainTree.name = "tree"
        spec.trainTree.dataset = dataset
        spec.trainTree.settings.preset = "tiny"
        spec.trainTree.settings.batchSize = 32
        spec.trainTree.settings.leaves = 2
        spec.trainTree.settings.epochsInitial = 1
        spec.trainTree.settings.epochsFinal = 1
        spec.trainTree.settings.pruneBelow = 0
        return spec
    }

    @Test func fromDigitsToImages() throws {
        try withScratchFolder { folder in
            let bench = try Bench(folder)
            let dataset = try bench.artifact("digits", digits())
            let trained = try bench.products(treeSpec(dataset))
            let made = try #require(trained.artifacts.first)
            #expect(made.facts.leaves == 2 && made.kind == .tree)
            let tree = try bench.artifact("tree", made.bytes)

            var spec = Grove_V1_JobSpec()
            spec.sample.tree = tree
            spec.sample.count = 3
            spec.sample.leaves = .all
            let first = try bench.products(spec)
            #expect(first.files.map(\.bytes) == (try bench.products(spec)).files.map(\.bytes))
            #expect(first.files.map(\.name).contains("sheet-tree.png"))
            spec.sample.seed = 1
            #expect(first.files.map(\.bytes) != (try bench.products(spec)).files.map(\.bytes))

            spec.sample.leaves = .one
            spec.sample.leaf = 7
            #expect(try bench.failure(spec).message.contains("leaf 7"))
        }
    }

    @Test func refusesWhatDoesNotFitInASentence() throws {
        try withScratchFolder { folder in
            let bench = try Bench(folder)
            #expect(try bench.failure(Grove_V1_JobSpec()).code == .unimplemented)
            let garbage = try bench.artifact("digits", [1, 2, 3])
            #expect(try bench.failure(treeSpec(garbage)).code == .invalidArgument)
            var word = treeSpec(try bench.artifact("digits", digits()))
            word.trainTree.settings.activation = "sine"
            #expect(try bench.failure(word).message.contains("sine"))
        }
    }

    @Test func cancelEndsAndShutdownGivesBackWithACheckpoint() throws {
        try withScratchFolder { folder in
            let bench = try Bench(folder)
            let spec = treeSpec(try bench.artifact("digits", digits()))
            let cancelled = attempt(spec)
            cancelled.requestStop(.dropped)
            guard case .failed(let error) = bench.executor.run(cancelled) else {
                Issue.record("a cancelled attempt did not fail")
                return
            }
            #expect(error.code == .cancelled)

            let stopped = attempt(spec)
            stopped.requestStop(.shutdown)
            guard case .interrupted = bench.executor.run(stopped) else {
                Issue.record("a stopped attempt was not given back")
                return
            }
        }
    }
}
