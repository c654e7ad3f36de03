import Neural

/// Draws, reconstructs or refines images as a stepper: a call runs the tree for the next few images, or takes the images
/// under way one denoising step further. It can be stopped between any two calls. An image's bytes depend on the models,
/// the seed and the image's number alone.
package final class GenerationRun {
    let painter: LeafPainter
    let request: GenerationRequest
    private let refinement: (model: DiffusionModel, settings: SamplerSettings, steps: Int)?
    let chunkSize: Int
    /// Draws or given images that one chunk takes.
    let chunkDraws: Int
    /// One for all chunks: it prepares each weight of the diffusion model once and uses its tensors again.
    private let graph = Graph.inference
    private var nextDraw = 0
    private var painted: [LeafPainter.Image] = []
    private var sampling: SamplingRun?
    /// What is finished and was not taken, in the order of the draws and, with all leaves, of the leaves.
    package private(set) var results: [GeneratedImage] = []
    private var takenCount = 0

    /// - Parameters:
    ///   - treeDigest: SHA-256 of the tree's file, against which the diffusion model is checked.
    ///   - chunkSize: Images that go through the networks at once; does not change them.
    /// - Throws: `DiffusionError` if the models do not belong together or the request does not fit them.
    package init(
        _ request: GenerationRequest, tree: TreeVAE, treeDigest: String, diffusion: DiffusionModel? = nil,
        sampler settings: SamplerSettings = SamplerSettings(), chunkSize: Int = SamplingRun.standardChunk
    ) throws(DiffusionError) {
        precondition(chunkSize > 0, "GenerationRun: a chunk of \(chunkSize) images cannot be")
        painter = try LeafPainter(tree: tree, request: request)
        self.request = request
        self.chunkSize = chunkSize
        chunkDraws = max(1, chunkSize / painter.imagesPerDraw)
        if let diffusion {
            try diffusion.requireTree(digest: treeDigest, leafCount: painter.leafCount, imageShape: painter.imageShape)
            let sampler = try Sampler(
                diffusion.schedule, settings: settings, formulation: diffusion.description.formulation, clip: nil)
            refinement = (diffusion, settings, sampler.steps)
        } else {
            refinement = nil
            guard case .refinement = request.source else { return }
            throw DiffusionError("Refining images needs a diffusion model; name one that was trained on this tree.")
        }
    }

    /// How many images come out.
    package var imageCount: Int { request.count * painter.imagesPerDraw }

    /// Units of progress: an image's way through the tree, and each of its denoising steps.
    package var totalSteps: Int { imageCount * unitsPerImage }
    package var doneSteps: Int { finishedCount * unitsPerImage + painted.count + (sampling?.doneSteps ?? 0) }
    package var isFinished: Bool { finishedCount == imageCount }

    private var finishedCount: Int { takenCount + results.count }
    private var unitsPerImage: Int { 1 + (refinement?.steps ?? 0) }

    /// Takes the next step. Throws if a model's output is not a number, which no further step mends.
    package func step() throws(DiffusionError) {
        precondition(!isFinished, "GenerationRun: all images are finished")
        if let sampling {
            sampling.step()
        } else {
            try paint()
        }
        guard sampling?.isFinished ?? true else { return }
        try deliver()
    }

    /// Hands over what is finished, so that a long run's images are not all in memory at once.
    package func takeResults() -> [GeneratedImage] {
        defer {
            takenCount += results.count
            results = []
        }
        return results
    }

    /// Runs the tree for the next images.
    private func paint() throws(DiffusionError) {
        let draws = nextDraw..<min(nextDraw + chunkDraws, request.count)
        painted = painter.paint(draws)
        nextDraw = draws.upperBound
        guard let refinement else { return }
        sampling = try SamplingRun(
            refinement.model, images: painted.map { samplingImage($0, refinement.model) },
            settings: refinement.settings, chunkSize: chunkSize, in: graph)
    }

    private func samplingImage(_ image: LeafPainter.Image, _ model: DiffusionModel) -> SamplingImage {
        let start: SamplingImage.Start =
            if request.startsFromGivenImage, let given = image.given {
                .image(given)
            } else {
                model.description.network.seesReconstruction ? .reconstruction : .noise
            }
        return SamplingImage(
            key: ImageKey(seed: request.seed, image: image.number), reconstruction: image.pixels, leaf: image.leaf,
            start: start)
    }

    private func deliver() throws(DiffusionError) {
        let refined = sampling?.results
        for (position, image) in painted.enumerated() {
            let pixels = refined?[position]
            guard (pixels ?? image.pixels).allSatisfy(\.isFinite) else {
                throw DiffusionError(
                    "The \(pixels == nil ? "tree" : "diffusion model") drew values that are not numbers; "
                        + "its weights are damaged, so train or fetch it again.")
            }
            results.append(
                GeneratedImage(
                    index: image.draw, leaf: image.leaf, leafProbabilities: image.leafProbabilities,
                    treeImage: image.pixels.map(PixelBytes.clamped),
                    refinedImage: pixels.map { $0.map(PixelBytes.clamped) }))
        }
        painted = []
        sampling = nil
    }
}
