import Models
import Neural
import Wire

/// The network that an evaluation's distances are measured on, with the words by which reports tell it from others.
struct MeasuringNetwork {
    let network: any FeatureNetwork
    /// The same network, where it can name images.
    let classifier: Classifier?
    let words: String
    let sha256: String

    /// Nil where none is asked for. Throws if it does not fit the images or the dataset's classes.
    init?(_ job: Grove_V1_Evaluate, shape: ImageShape, _ dataset: ImageDataset, _ context: JobContext) throws {
        if job.hasClassifier {
            let loaded = try context.classifier(job.classifier, for: shape, dataset)
            network = loaded
            classifier = loaded
            sha256 = job.classifier.sha256
            words =
                "the penultimate layer of Grove's own classifier \(job.classifier.name)@\(job.classifier.version) "
                + "(SHA-256 \(sha256.prefix(12))…; not comparable with Inception's)"
        } else if job.hasInception {
            let pooling: Inception.Pooling = try SettingsWord.value(
                job.inceptionPooling.isEmpty ? Inception.Pooling.fid.rawValue : job.inceptionPooling,
                of: "inception_pooling")
            network = try Inception(Safetensors(bytes: context.bytes(job.inception)), pooling: pooling)
            classifier = nil
            sha256 = job.inception.sha256
            words =
                "pool3 of Inception v3 with the weights \(job.inception.name) (SHA-256 \(sha256.prefix(12))…) and "
                + "\(pooling.rawValue) pooling"
        } else {
            return nil
        }
    }
}

extension JobContext {
    /// A classifier that must know images of this shape and, where they are known, the dataset's classes.
    func classifier(
        _ artifact: Grove_V1_ArtifactRef, for shape: ImageShape, _ dataset: ImageDataset?
    ) throws -> Classifier {
        let classifier = try classifier(artifact)
        try shape.require(ImageShape(classifier.description), of: "The classifier '\(artifact.name)'")
        if let dataset, dataset.labels != nil { try classifier.description.requireClasses(of: dataset) }
        return classifier
    }
}
