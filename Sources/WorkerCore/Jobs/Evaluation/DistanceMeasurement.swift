import Models
import Neural
import Wire

/// Fréchet distances of a tree's images, alone and refined, to those of a dataset.
///
/// As in the published tables the tree alone shows its most probable leaf, and refinement the leaf that was drawn. All
/// images are bytes before they are seen by the network: clamped to [0, 1] and rounded.
struct DistanceMeasurement {
    private let job: Grove_V1_Evaluate
    private let dataset: ImageDataset
    private let network: MeasuringNetwork
    private let context: JobContext
    private let shape: ImageShape
    /// Generated, and reconstructed.
    private let count: Int

    /// How many are taken when nobody says.
    private static let standardCount = 10_000
    /// Images that the network sees at once.
    static let batch = 16

    init(
        _ job: Grove_V1_Evaluate, _ tree: TreeVAE, _ dataset: ImageDataset, _ network: MeasuringNetwork,
        _ context: JobContext
    ) throws {
        self.job = job
        self.dataset = dataset
        self.network = network
        self.context = context
        shape = ImageShape(tree)
        count = job.distanceImages == 0 ? min(Self.standardCount, dataset.count) : Int(job.distanceImages)
        guard (2...dataset.count).contains(count) else {
            throw JobError(
                .invalidArgument,
                "'\(job.dataset.name)' has \(dataset.count) images but distances of \(count) were asked for: ask for 2 to "
                    + "as many as it has.")
        }
    }

    func run() throws -> EvaluationReport.Distances {
        let reference = try statisticsOfDataset()
        let given = (0..<count).map { dataset.pixelValues($0) }
        let generations = GenerationRequest.Source.prior(count: count)
        let reconstructions = GenerationRequest.Source.reconstruction(given)
        return EvaluationReport.Distances(
            network: network.words, networkSha256: network.sha256, dimension: network.network.dimension,
            referenceImages: dataset.count, images: count,
            generations: try pair(generations, "generations", reference),
            reconstructions: try pair(reconstructions, "reconstructions", reference))
    }

    private func pair(
        _ source: GenerationRequest.Source, _ stage: String, _ reference: FeatureStatistics
    ) throws -> EvaluationReport.Distances.Pair {
        let tree = try statistics(
            GenerationRequest(source, leaves: .chosen(.argmax), seed: job.seed), refinement: nil, stage)
        var pair = EvaluationReport.Distances.Pair(tree: try tree.frechetDistance(to: reference))
        if job.refinement.hasDiffusion {
            let request = GenerationRequest(source, leaves: .chosen(.sample), seed: job.seed)
            let refined = try statistics(request, refinement: job.refinement, "refined \(stage)")
            pair.refined = try refined.frechetDistance(to: reference)
        }
        return pair
    }

    private func statistics(
        _ request: GenerationRequest, refinement: Grove_V1_Refinement?, _ stage: String
    ) throws -> FeatureStatistics {
        var features: [Float] = []
        let loop = GenerationLoop(kind: .evaluate, tree: job.tree, refinement: refinement)
        try loop.forEach(request, stage: stage, context) { images in
            features += network.network.features(shape.tensor(images.map(\.pixels))).values
        }
        return try FeatureStatistics(features: features, dimension: network.network.dimension)
    }

    private func statisticsOfDataset() throws -> FeatureStatistics {
        var features: [Float] = []
        var meter = ProgressMeter(imagesPerStep: 1)
        for first in stride(from: 0, to: dataset.count, by: Self.batch) {
            try context.checkStop()
            let range = first..<min(first + Self.batch, dataset.count)
            features += network.network.features(dataset.tensor(range)).values
            context.attempt.report(meter.work("features of the dataset", step: range.upperBound, of: dataset.count))
        }
        return try FeatureStatistics(features: features, dimension: network.network.dimension)
    }
}
