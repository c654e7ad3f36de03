import Foundation
import Models
import Wire

/// Clustering metrics and losses of a tree on a dataset.
struct EvaluateJob {
    private let job: Grove_V1_Evaluate

    init(_ job: Grove_V1_Evaluate) {
        self.job = job
    }

    func run(_ context: JobContext) throws -> JobProducts {
        let tree = try context.tree(job.tree).tree
        let dataset = try context.dataset(job.dataset)
        try ImageShape(tree).require(ImageShape(dataset), of: "The dataset '\(job.dataset.name)'")
        let report = try EvaluationReport(tree, dataset: dataset, name: job.dataset.name, seed: job.seed)
        context.log(report.sentence)
        return JobProducts(files: [try report.file])
    }
}

/// The numbers of an evaluation, with what they were computed on.
struct EvaluationReport: Encodable {
    private let dataset: String
    private let images: Int
    private let seed: UInt64
    private let leafShares: [Double]
    private let clustering: ClusteringReport?
    private let loss: [String: Double]
    private let negativeELBO: Double

    init(_ tree: TreeVAE, dataset: ImageDataset, name: String, seed: UInt64) throws {
        let evaluation = try TreeEvaluation(tree, dataset: dataset, seed: seed)
        self.dataset = name
        images = evaluation.images
        self.seed = seed
        leafShares = evaluation.leafShares
        clustering = evaluation.clustering
        loss = Dictionary(uniqueKeysWithValues: evaluation.lossParts.map { ($0.name, $0.value) })
        negativeELBO = evaluation.negativeELBO
    }

    /// For the table of models.
    var metrics: [String: Double] {
        var metrics = ["negative_elbo": negativeELBO]
        if let clustering {
            metrics["accuracy"] = clustering.accuracy
            metrics["nmi"] = clustering.normalisedMutualInformation
            metrics["ari"] = clustering.adjustedRandIndex
        }
        return metrics
    }

    /// For the job's log.
    var sentence: String {
        func text(_ value: Double) -> String { String(format: "%.3f", value) }
        var parts = ["on \(images) images of '\(dataset)': \(leafShares.count) leaves"]
        if let clustering {
            parts.append("accuracy \(text(clustering.accuracy))")
            parts.append("NMI \(text(clustering.normalisedMutualInformation))")
            parts.append("ARI \(text(clustering.adjustedRandIndex))")
        }
        parts.append("negative ELBO \(text(negativeELBO))")
        return parts.joined(separator: ", ")
    }

    var file: ResultFile {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            return ResultFile(
                name: "evaluation.json", mediaType: "application/json", bytes: [UInt8](try encoder.encode(self)) + [10])
        }
    }
}
