import Imaging
import Models
import Wire

/// Computes what a figure shows.
struct FigureDrawer {
    private let job: Grove_V1_Figure
    private let context: JobContext
    private let tree: TreeVAE
    private let dataset: ImageDataset?
    private let classifier: Classifier?
    private let shape: ImageShape

    /// Columns of reconstructions.
    private static let columns = 10
    private static let standardLeafImages = 100

    init(_ job: Grove_V1_Figure, _ context: JobContext) throws {
        self.job = job
        self.context = context
        tree = try context.tree(job.tree).tree
        shape = ImageShape(tree)
        try FigurePage.require(leaves: tree.topology.leaves.count)
        dataset = job.hasDataset ? try context.dataset(job.dataset) : nil
        if let dataset { try shape.require(ImageShape(dataset), of: "The dataset '\(job.dataset.name)'") }
        classifier = job.hasClassifier ? try context.classifier(job.classifier, for: shape, dataset) : nil
        if job.hasUnconditional {
            let network = try context.diffusion(job.unconditional).model.description.network
            guard !network.seesLeaf else {
                throw JobError(
                    .invalidArgument,
                    "'\(job.unconditional.name)' sees the leaf, so it is not unconditional: name a diffusion model that "
                        + "was trained with leaf_conditioning=none.")
            }
        }
    }

    /// What was asked for, or everything that can be drawn.
    func kinds() throws -> [Grove_V1_FigureKind] {
        let isLabelled = dataset?.labels != nil
        guard job.kinds.isEmpty else {
            guard isLabelled || !job.kinds.contains(.classes) else {
                throw JobError(
                    .invalidArgument,
                    "'\(job.dataset.name)' has no labels to draw the classes of: name a dataset with labels.")
            }
            return job.kinds
        }
        return [.generations, .oneRoot] + (dataset == nil ? [] : [.reconstructions]) + (isLabelled ? [.classes] : [])
    }

    func draw(_ kind: Grove_V1_FigureKind) throws -> (name: String, picture: Picture)? {
        switch kind {
        case .reconstructions: ("reconstructions", try reconstructions())
        case .generations: ("generations", try generations())
        case .oneRoot: ("one-root", try oneRoot())
        case .classes: ("classes", try classes())
        case .unspecified, .UNRECOGNIZED: nil
        }
    }

    private func loop(_ diffusion: Grove_V1_Refinement?) -> GenerationLoop {
        GenerationLoop(kind: .figure, tree: job.tree, refinement: diffusion)
    }

    private var refinement: Grove_V1_Refinement? { job.refinement.hasDiffusion ? job.refinement : nil }
}

// MARK: - One figure after the other

extension FigureDrawer {
    private func reconstructions() throws -> Picture {
        guard let dataset else {
            throw JobError(.invalidArgument, "Reconstructions need images to reconstruct: name a dataset.")
        }
        let shown = Self.oneOfEachClass(dataset, count: Self.columns)
        let request = GenerationRequest(
            .reconstruction(shown.map { dataset.pixelValues($0) }), leaves: .chosen(.argmax), seed: job.seed)
        let images = try loop(refinement).run(request, context)
        var rows = [
            ImageRowsFigure.Row(names: ["Given"], images: shown.map { dataset.subset([$0]).pixels }),
            ImageRowsFigure.Row(names: ["TreeVAE"], images: images.map(\.treePixels)),
        ]
        if refinement != nil {
            rows.append(ImageRowsFigure.Row(names: ["Diffuse-TreeVAE"], images: images.map(\.pixels)))
        }
        return try ImageRowsFigure(
            title: "\(job.tree.name): reconstructions of \(job.dataset.name)", shape: shape, rows: rows
        ).picture()
    }

    /// The first image of each class, then the second of each, and so on; without labels the first images.
    private static func oneOfEachClass(_ dataset: ImageDataset, count: Int) -> [Int] {
        guard let labels = dataset.labels else { return Array(0..<min(count, dataset.count)) }
        var seen: [UInt8: Int] = [:]
        let ranked = labels.enumerated().map { index, label in
            defer { seen[label, default: 0] += 1 }
            return (rank: seen[label, default: 0], label: label, index: index)
        }
        return ranked.sorted { ($0.rank, $0.label) < ($1.rank, $1.label) }.prefix(count).map(\.index)
    }

    private func generations() throws -> Picture {
        let perLeaf = job.leafImages == 0 ? Self.standardLeafImages : Int(job.leafImages)
        let drawn = LeafGenerations(
            kind: .figure, tree: job.tree, refinement: job.refinement, perLeaf: classifier == nil ? 9 : max(9, perLeaf),
            seed: job.seed, context)
        let leaves = tree.topology.leaves.indices
        var images: [[[UInt8]]] = leaves.map { _ in [] }
        var classes = classifier.map { classifier in
            leaves.map { LeafClasses(leaf: $0, classNames: classifier.description.classNames) }
        }
        try drawn.forEach { leaf, made in
            images[leaf] += made.prefix(max(0, 9 - images[leaf].count)).map(\.pixels)
            if let classifier { classes?[leaf].add(made, shape: shape, classifier) }
        }
        return try LeafGenerationsFigure(
            title: "\(job.tree.name): what each leaf draws" + (refinement == nil ? "" : ", refined"), shape: shape,
            topology: tree.topology, images: images, classes: classes
        ).picture()
    }

    private func oneRoot() throws -> Picture {
        let request = GenerationRequest(.prior(count: 1), leaves: .all, seed: job.seed)
        let plain = try loop(nil).run(request, context)
        var rows = [ImageRowsFigure.Row(names: ["TreeVAE"], images: plain.map(\.treePixels))]
        if job.hasUnconditional {
            var blind = job.refinement
            blind.diffusion = job.unconditional
            rows.append(
                ImageRowsFigure.Row(
                    names: ["Diffuse-TreeVAE", "(unconditional)"],
                    images: try loop(blind).run(request, context).map(\.pixels)))
        }
        if let refinement {
            rows.append(
                ImageRowsFigure.Row(
                    names: ["Diffuse-TreeVAE", "(conditional)"],
                    images: try loop(refinement).run(request, context).map(\.pixels)))
        }
        return try ImageRowsFigure(
            title: "\(job.tree.name): one root sample through all leaves", shape: shape,
            columnNames: plain.map { "L\($0.leaf): p=\(Decimals.hundredths(Double($0.leafProbability)))" }, rows: rows
        ).picture()
    }

    private func classes() throws -> Picture {
        guard let dataset, let labels = dataset.labels else {
            throw JobError(.invalidArgument, "Classes need labels: name a dataset with labels.")
        }
        var counts = tree.topology.leaves.map { _ in [Int](repeating: 0, count: dataset.classNames.count) }
        for first in stride(from: 0, to: dataset.count, by: 256) {
            try context.checkStop()
            let range = first..<min(first + 256, dataset.count)
            let probabilities = tree.leafProbabilities(dataset.tensor(range))
            let leaves = Models.LeafChoice.argmax.choose(probabilities, seed: 0, images: range.map { UInt32($0) })
            for (image, leaf) in zip(range, leaves) { counts[leaf][Int(labels[image])] += 1 }
        }
        return LeafSharesFigure(
            title: "\(job.tree.name): classes of \(job.dataset.name)", topology: tree.topology, counts: counts,
            classNames: dataset.classNames
        ).picture()
    }
}
