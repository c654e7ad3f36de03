import Models
import Wire

/// Runs a generation request to its end: the common part of sampling, reconstructing and refining.
struct GenerationLoop {
    let kind: JobKind
    let tree: Grove_V1_ArtifactRef
    let refinement: Grove_V1_Refinement?

    func run(_ request: GenerationRequest, _ context: JobContext) throws -> [GeneratedImage] {
        var images: [GeneratedImage] = []
        try forEach(request, stage: kind.rawValue, context) { images += $0 }
        return images
    }

    /// Hands over the images as they are finished, in order, so that not all need be in memory at once.
    func forEach(
        _ request: GenerationRequest, stage: String, _ context: JobContext,
        _ body: ([GeneratedImage]) throws -> Void
    ) throws {
        let run = try begin(request, context)
        var meter = ProgressMeter(imagesPerStep: 1)
        let unitsPerImage = max(1, run.totalSteps / max(1, run.imageCount))
        while !run.isFinished {
            try context.checkStop()
            try run.step()
            var progress = meter.work(stage, step: run.doneSteps, of: run.totalSteps)
            progress.imagesPerSecond /= Double(unitsPerImage)
            context.attempt.report(progress)
            let finished = run.takeResults()
            if !finished.isEmpty { try body(finished) }
        }
    }

    /// What a request will take of the machine's memory beside the models.
    func memoryForecast(_ request: GenerationRequest, _ context: JobContext) throws -> MemoryForecast {
        try begin(request, context).memoryForecast(pass: diffusion(context)?.pass)
    }

    private func begin(_ request: GenerationRequest, _ context: JobContext) throws -> GenerationRun {
        let loaded = try context.tree(tree)
        return try GenerationRun(
            request, tree: loaded.tree, treeDigest: loaded.digest, diffusion: diffusion(context)?.model,
            sampler: RefinementPlan(refinement ?? .init()).settings)
    }

    private func diffusion(_ context: JobContext) throws -> LoadedDiffusion? {
        guard let refinement, refinement.hasDiffusion else { return nil }
        return try context.diffusion(refinement.diffusion)
    }
}

extension GenerationLoop {
    /// Runs a request and makes a PNG file of every image.
    ///
    /// - Parameter sources: what each given image is called; nil for new ones.
    func draw(
        _ request: GenerationRequest, sources: [String]?, _ context: JobContext
    ) throws -> (images: [GeneratedImage], products: JobProducts) {
        try context.require(memoryForecast(request, context))
        let images = try run(request, context)
        let files = ImageFiles(
            recipe: Recipe(kind: kind, tree: tree, refinement: refinement, seed: request.seed),
            shape: ImageShape(try context.tree(tree).tree), sources: sources)
        return (images, try files.products(of: images))
    }

    /// Runs a request over given images, and adds a sheet that shows them above what was made of them.
    func compare(
        _ given: GivenImages, _ request: GenerationRequest, _ context: JobContext
    ) throws -> JobProducts {
        let (images, drawn) = try draw(request, sources: given.names, context)
        let sheet = ComparisonSheet(title: tree.name, shape: ImageShape(try context.tree(tree).tree))
        var products = drawn
        products.files.append(try sheet.file(given.values, images))
        return products
    }
}

extension GenerationRequest.Leaves {
    /// - Parameter standard: what an unspecified choice means for the job kind.
    init(_ choice: Grove_V1_LeafChoice, leaf: UInt32, standard: Models.LeafChoice) {
        switch choice {
        case .drawn: self = .chosen(.sample)
        case .mostProbable: self = .chosen(.argmax)
        case .one: self = .one(Int(leaf))
        case .all: self = .all
        case .unspecified, .UNRECOGNIZED: self = .chosen(standard)
        }
    }
}
