import Foundation
import Models
import Wire
import WorkerCore

/// A broker in memory, an executor, and jobs that take moments.
struct JobBench {
    let broker = FakeBroker()
    let executor: JobExecutor

    struct Unexpected: Error {
        let outcome: String
    }

    init(_ folder: URL) throws {
        let blobs = try BlobCache(directory: folder, capacity: 1 << 30, link: broker)
        executor = JobExecutor(link: broker, blobs: blobs, models: ModelCache(blobs: blobs, capacity: 1 << 30))
    }

    // MARK: Running

    func products(_ attempt: RunningAttempt) throws -> JobProducts {
        let outcome = executor.run(attempt)
        guard case .succeeded(let products) = outcome else { throw Unexpected(outcome: "\(outcome)") }
        return products
    }

    func products(_ spec: Grove_V1_JobSpec) throws -> JobProducts { try products(attempt(spec)) }

    func failure(_ attempt: RunningAttempt) throws -> RPCError {
        let outcome = executor.run(attempt)
        guard case .failed(let error) = outcome else { throw Unexpected(outcome: "\(outcome)") }
        return error
    }

    func failure(_ spec: Grove_V1_JobSpec) throws -> RPCError { try failure(attempt(spec)) }

    // MARK: Things at the broker

    func artifact(_ name: String, _ bytes: [UInt8]) throws -> Grove_V1_ArtifactRef {
        var artifact = Grove_V1_ArtifactRef()
        artifact.name = name
        artifact.version = 1
        artifact.sha256 = try broker.upload(bytes)
        artifact.size = UInt64(bytes.count)
        return artifact
    }

    func file(_ name: String, _ bytes: [UInt8]) throws -> Grove_V1_FileRef {
        var file = Grove_V1_FileRef()
        file.name = name
        file.sha256 = try broker.upload(bytes)
        file.size = UInt64(bytes.count)
        return file
    }

    /// White squares on black: at the top left in class 0, further down in class 1.
    static func squares(side: Int = 28) throws -> ImageDataset {
        var pixels = [UInt8](repeating: 0, count: 64 * side * side)
        for image in 0..<64 {
            let start = image % 2 * side / 2 + image / 2 % 4
            for y in start..<(start + side / 4) {
                for x in start..<(start + side / 4) { pixels[(image * side + y) * side + x] = 255 }
            }
        }
        return try ImageDataset(
            name: "squares", height: side, width: side, channels: 1, pixels: pixels,
            labels: (0..<64).map { UInt8($0 % 2) })
    }

    func squares() throws -> Grove_V1_ArtifactRef {
        try artifact("squares", DatasetContainer.encode(Self.squares()))
    }

    /// A tree that was trained for four steps, and made in moments.
    func tree(_ dataset: Grove_V1_ArtifactRef) throws -> Grove_V1_ArtifactRef {
        let made = try products(Self.treeSpec(dataset)).artifacts
        return try artifact("tree", made.first.map(\.bytes) ?? [])
    }

    /// A classifier that was trained for a moment.
    func classifier(_ dataset: Grove_V1_ArtifactRef) throws -> Grove_V1_ArtifactRef {
        let made = try products(Self.classifierSpec(dataset)).artifacts
        return try artifact("names", made.first.map(\.bytes) ?? [])
    }

    // MARK: Jobs

    static func classifierSpec(_ dataset: Grove_V1_ArtifactRef) -> Grove_V1_JobSpec {
        var spec = Grove_V1_JobSpec()
        spec.trainClassifier.name = "names"
        spec.trainClassifier.dataset = dataset
        spec.trainClassifier.seed = 5
        spec.trainClassifier.settings.batchSize = 16
        spec.trainClassifier.settings.epochs = 12
        return spec
    }

    static func evaluationSpec(_ dataset: Grove_V1_ArtifactRef, _ tree: Grove_V1_ArtifactRef) -> Grove_V1_JobSpec {
        var spec = Grove_V1_JobSpec()
        spec.evaluate.tree = tree
        spec.evaluate.dataset = dataset
        spec.evaluate.seed = 5
        return spec
    }

    static func treeSpec(_ dataset: Grove_V1_ArtifactRef, leaves: UInt32 = 2) -> Grove_V1_JobSpec {
        var spec = Grove_V1_JobSpec()
        spec.trainTree.name = "tree"
        spec.trainTree.dataset = dataset
        spec.trainTree.seed = 5
        spec.trainTree.settings.preset = "tiny"
        spec.trainTree.settings.batchSize = 16
        spec.trainTree.settings.leaves = leaves
        spec.trainTree.settings.epochsInitial = 1
        spec.trainTree.settings.epochsSplit = 1
        spec.trainTree.settings.epochsIntermediate = 0
        spec.trainTree.settings.epochsFinal = 1
        spec.trainTree.settings.pruneBelow = 0
        return spec
    }

    static func diffusionSpec(_ dataset: Grove_V1_ArtifactRef, _ tree: Grove_V1_ArtifactRef) -> Grove_V1_JobSpec {
        var spec = Grove_V1_JobSpec()
        spec.trainDiffusion.name = "sharp"
        spec.trainDiffusion.dataset = dataset
        spec.trainDiffusion.tree = tree
        spec.trainDiffusion.seed = 5
        spec.trainDiffusion.settings.preset = "tiny"
        spec.trainDiffusion.settings.modelChannels = 8
        spec.trainDiffusion.settings.channelMultipliers = [1, 2]
        spec.trainDiffusion.settings.normGroups = 4
        spec.trainDiffusion.settings.heads = 2
        spec.trainDiffusion.settings.dropout = 0.1
        spec.trainDiffusion.settings.batchSize = 16
        spec.trainDiffusion.settings.steps = 5
        return spec
    }

    static func sampleSpec(
        _ tree: Grove_V1_ArtifactRef, _ diffusion: Grove_V1_ArtifactRef? = nil, count: UInt32 = 3, seed: UInt64 = 1
    ) -> Grove_V1_JobSpec {
        var spec = Grove_V1_JobSpec()
        spec.sample.tree = tree
        spec.sample.count = count
        spec.sample.leaves = .all
        spec.sample.seed = seed
        if let diffusion {
            spec.sample.refinement.diffusion = diffusion
            spec.sample.refinement.steps = 3
        }
        return spec
    }
}
