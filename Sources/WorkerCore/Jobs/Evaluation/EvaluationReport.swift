import Models
import Wire

/// The numbers of an evaluation, with what they were computed on.
struct EvaluationReport: Encodable {
    struct Likelihood: Encodable {
        /// K of the estimate.
        let samples: Int
        /// The mean log-likelihood of an image.
        let nats: Double
    }

    struct Distances: Encodable {
        /// Of the tree alone, and of the images that the diffusion model made of the tree's.
        struct Pair: Encodable {
            var tree: Double
            var refined: Double?
        }

        /// What the features are, in words: distances of different networks do not compare.
        let network: String
        let networkSha256: String
        let dimension: Int
        let referenceImages: Int
        let images: Int
        let generations: Pair
        let reconstructions: Pair
    }

    private let dataset: String
    private let images: Int
    private let seed: UInt64
    private let leafShares: [Double]
    private let clustering: ClusteringReport?
    private let loss: [String: Double]
    private let negativeELBO: Double
    /// The models and how images were refined, in the words of an image's recipe.
    var recipe: [String: String]?
    var likelihood: Likelihood?
    var distances: Distances?
    /// Of the classifier on the dataset, which tells how far its features and names can be trusted.
    var classifierAccuracy: Double?
    var leafClasses: [LeafClasses]?

    init(_ tree: TreeVAE, dataset: ImageDataset, name: String, seed: UInt64) throws {
        let evaluation = try TreeEvaluation(tree, dataset: dataset, seed: seed)
        guard evaluation.negativeELBO.isFinite else {
            throw JobError(
                .failedPrecondition,
                "The tree's losses are not numbers; its weights are damaged, so train or fetch it again.")
        }
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
            metrics["dendrogram_purity"] = clustering.dendrogramPurity
            metrics["leaf_purity"] = clustering.leafPurity
        }
        return metrics
    }

    var file: ResultFile {
        get throws { try .json("evaluation.json", self) }
    }

    /// The same in sentences.
    var text: ResultFile {
        ResultFile(
            name: "evaluation.txt", mediaType: "text/plain",
            bytes: Array(([sentence] + details).map { "\($0)\n" }.joined().utf8))
    }
}

// MARK: Sentences

extension EvaluationReport {
    /// Clustering and losses.
    var sentence: String {
        var parts = ["on \(images) images of '\(dataset)': \(leafShares.count) leaves"]
        if let clustering {
            parts.append("accuracy \(Decimals.text(clustering.accuracy))")
            parts.append("NMI \(Decimals.text(clustering.normalisedMutualInformation))")
            parts.append("ARI \(Decimals.text(clustering.adjustedRandIndex))")
            parts.append("dendrogram purity \(Decimals.text(clustering.dendrogramPurity))")
            parts.append("leaf purity \(Decimals.text(clustering.leafPurity))")
        }
        parts.append("negative ELBO \(Decimals.text(negativeELBO))")
        return parts.joined(separator: ", ")
    }

    /// The leaves' parts of the images, in per cent.
    var shares: String {
        "shares " + leafShares.map { "\(Int(($0 * 100).rounded()))" }.joined(separator: " ") + " %"
    }

    /// What was measured besides, a sentence a line.
    var details: [String] {
        var lines: [String] = []
        if let likelihood {
            lines.append(
                "log-likelihood \(Decimals.text(likelihood.nats)) nats by \(likelihood.samples) samples an image")
        }
        if let classifierAccuracy {
            lines.append("the classifier's accuracy on these images is \(Decimals.text(classifierAccuracy))")
        }
        if let distances {
            lines.append(
                "Fréchet distances on \(distances.network), of \(distances.images) images to \(distances.referenceImages):"
            )
            lines.append("generations: \(Self.text(distances.generations))")
            lines.append("reconstructions: \(Self.text(distances.reconstructions))")
        }
        return lines + (leafClasses ?? []).map(\.sentence)
    }

    private static func text(_ pair: Distances.Pair) -> String {
        "tree alone \(Decimals.text(pair.tree))"
            + (pair.refined.map { ", tree and diffusion \(Decimals.text($0))" } ?? "")
    }
}
