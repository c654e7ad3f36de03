import ArgumentParser
import GroveClient

/// What an evaluation measures besides clustering and losses.
struct MeasuringOptions: ParsableArguments {
    enum Pooling: String, ExpressibleByArgument, CaseIterable {
        case fid
        case torchvision
    }

    @Option(help: "Estimate the log-likelihood by so many samples an image; 1000 were published (default: not at all).")
    var likelihoodSamples: UInt32 = 0

    @Option(help: "Measure Fréchet distances on this classifier's features, NAME or NAME@VERSION.")
    var classifier: String?

    @Option(
        help: """
            Measure Fréchet distances on Inception v3's pool3, with the weights in this safetensors file (torchvision's \
            parameter names).
            """, transform: path)
    var inception: String?

    @Option(
        help: """
            How Inception pools: fid, as the network that published distances are computed with, or torchvision; choose \
            what the weights were trained for (default: fid).
            """)
    var inceptionPooling: Pooling?

    @Option(
        name: [.customLong("distance-images"), .customLong("fid-images")],
        help: "How many images are generated and reconstructed for distances (default: 10000, or as many as there are)."
    )
    var distanceImages: UInt32 = 0

    @Option(help: "Let the classifier name so many images from each leaf (default: none).")
    var leafImages: UInt32 = 0

    @Flag(help: "Measure the tree alone, without a diffusion model.")
    var noRefine = false

    /// Whether there is something to measure refined images with.
    var measuresImages: Bool { classifier != nil || inception != nil }

    /// Everything but what must be asked of the broker.
    func apply(to job: inout Grove_V1_Evaluate) throws(RPCError) {
        job.likelihoodSamples = likelihoodSamples
        if let classifier { job.classifier = try ArtifactRef.parse(classifier) }
        job.inceptionPooling = inceptionPooling?.rawValue ?? ""
        job.distanceImages = distanceImages
        job.leafImages = leafImages
    }
}
