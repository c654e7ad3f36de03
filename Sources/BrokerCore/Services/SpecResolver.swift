import JobStore
import Wire

/// Turns the names in a job into the very bytes they mean now, and refuses what cannot work, before anybody waits for it.
///
/// What a job's parents will make means nothing yet: such a reference stays as it is, and so do the checks that need it,
/// until the parents have succeeded and the job is resolved again.
struct SpecResolver {
    let context: ServiceContext
    var products = Products()

    /// - Throws: `RPCError`: NOT_FOUND for a name that there is not, FAILED_PRECONDITION for things that do not fit
    ///   together or were not uploaded, INVALID_ARGUMENT for a leaf that the tree does not have.
    func resolved(_ spec: Grove_V1_JobSpec) throws -> Grove_V1_JobSpec {
        var spec = spec
        switch spec.kind {
        case .importDataset(let job):
            try requireUploaded(job.files)
        case .importModel(var job):
            try requireUploaded([job.file])
            if job.hasTree { job.tree = try resolve(job.tree, .tree)?.reference ?? job.tree }
            spec.importModel = job
        case .trainTree(var job):
            let dataset = try resolve(job.dataset, .dataset)
            job.dataset = dataset?.reference ?? job.dataset
            if job.hasTestDataset {
                let test = try resolve(job.testDataset, .dataset)
                try requireSameImages(dataset, test)
                job.testDataset = test?.reference ?? job.testDataset
            }
            try requireTraining(job, dataset)
            spec.trainTree = job
        case .trainDiffusion(var job):
            let (dataset, tree) = (try resolve(job.dataset, .dataset), try resolve(job.tree, .tree))
            try requireSameImages(dataset, tree)
            try requireTraining(job, dataset, tree)
            job.dataset = dataset?.reference ?? job.dataset
            job.tree = tree?.reference ?? job.tree
            spec.trainDiffusion = job
        case .trainClassifier(let job):
            spec.trainClassifier = try resolved(job)
        case .sample(var job):
            let tree = try resolve(job.tree, .tree)
            try requireLeaf(job.leaves, job.leaf, tree)
            job.tree = tree?.reference ?? job.tree
            job.refinement = try resolved(job.refinement, tree)
            spec.sample = job
        case .reconstruct(let job):
            spec.reconstruct = try resolved(job)
        case .refine(var job):
            let tree = try resolve(job.tree, .tree)
            try requireLeaf(job.leaves, job.leaf, tree)
            try requireUploaded(job.images)
            job.tree = tree?.reference ?? job.tree
            job.refinement = try resolved(job.refinement, tree)
            spec.refine = job
        case .evaluate(let job):
            spec.evaluate = try resolved(job)
        case .figure(let job):
            spec.figure = try resolved(job)
        case nil:
            break
        }
        return spec
    }

    private func resolved(_ job: Grove_V1_Reconstruct) throws -> Grove_V1_Reconstruct {
        var job = job
        let tree = try resolve(job.tree, .tree)
        try requireLeaf(job.leaves, job.leaf, tree)
        try requireUploaded(job.images)
        if job.hasDataset {
            let dataset = try resolve(job.dataset, .dataset)
            try requireSameImages(dataset, tree)
            try requireImages(job.count, dataset, "reconstruct.count")
            job.dataset = dataset?.reference ?? job.dataset
        }
        job.tree = tree?.reference ?? job.tree
        job.refinement = try resolved(job.refinement, tree)
        return job
    }

    private func resolved(_ job: Grove_V1_TrainClassifier) throws -> Grove_V1_TrainClassifier {
        var job = job
        let dataset = try resolve(job.dataset, .dataset)
        try requireLabels(dataset)
        try requireTraining(job, dataset)
        job.dataset = dataset?.reference ?? job.dataset
        if job.hasTestDataset {
            let test = try resolve(job.testDataset, .dataset)
            try requireSameImages(dataset, test)
            try requireLabels(test)
            job.testDataset = test?.reference ?? job.testDataset
        }
        return job
    }

    private func resolved(_ job: Grove_V1_Evaluate) throws -> Grove_V1_Evaluate {
        var job = job
        let (tree, dataset) = (try resolve(job.tree, .tree), try resolve(job.dataset, .dataset))
        try requireSameImages(dataset, tree)
        job.tree = tree?.reference ?? job.tree
        job.dataset = dataset?.reference ?? job.dataset
        if job.hasClassifier { job.classifier = try classifier(job.classifier, tree) }
        if job.hasInception { try requireUploaded([job.inception]) }
        if job.hasClassifier || job.hasInception {
            try requireImages(max(job.distanceImages, 2), dataset, "evaluate.distance_images")
        }
        job.refinement = try resolved(job.refinement, tree)
        return job
    }

    private func resolved(_ job: Grove_V1_Figure) throws -> Grove_V1_Figure {
        var job = job
        let tree = try resolve(job.tree, .tree)
        try requireLegible(tree)
        job.tree = tree?.reference ?? job.tree
        job.refinement = try resolved(job.refinement, tree)
        if job.hasUnconditional, let diffusion = try resolve(job.unconditional, .diffusion) {
            try requireOwner(tree, of: diffusion)
            job.unconditional = diffusion.reference
        }
        if job.hasDataset {
            let dataset = try resolve(job.dataset, .dataset)
            try requireSameImages(dataset, tree)
            if job.kinds.contains(.classes) { try requireLabels(dataset) }
            job.dataset = dataset?.reference ?? job.dataset
        }
        if job.hasClassifier { job.classifier = try classifier(job.classifier, tree) }
        return job
    }

    private func classifier(
        _ reference: Grove_V1_ArtifactRef, _ tree: ArtifactRecord?
    ) throws -> Grove_V1_ArtifactRef {
        let classifier = try resolve(reference, .classifier)
        try requireSameImages(classifier, tree)
        return classifier?.reference ?? reference
    }

    /// The diffusion model of a refinement must have been trained with this very tree: its leaves mean nothing otherwise.
    private func resolved(
        _ refinement: Grove_V1_Refinement, _ tree: ArtifactRecord?
    ) throws -> Grove_V1_Refinement {
        guard refinement.hasDiffusion, let diffusion = try resolve(refinement.diffusion, .diffusion) else {
            return refinement
        }
        var refinement = refinement
        refinement.diffusion = diffusion.reference
        try requireOwner(tree, of: diffusion)
        return refinement
    }
}

// MARK: Names

extension SpecResolver {
    /// - Returns: `nil` for what a parent of the job has yet to make.
    private func resolve(
        _ reference: Grove_V1_ArtifactRef, _ kind: Grove_V1_ArtifactKind
    ) throws -> ArtifactRecord? {
        let product = Product(kind: kind, name: reference.name)
        if reference.version == 0, products.promised.contains(product) { return nil }
        let made = reference.version == 0 ? products.made[product] : nil
        let record = try made ?? ArtifactsService(context: context).find(reference, kind)
        guard reference.sha256.isEmpty || reference.sha256 == record.sha256 else {
            throw RPCError(
                .failedPrecondition,
                "the \(kind.noun) \(record.name) version \(record.version) has the hash \(record.sha256.prefix(12))…, "
                    + "not the one that was given; leave the hash out or name another version")
        }
        return record
    }
}

// MARK: What must fit

extension SpecResolver {
    private func requireUploaded(_ files: [Grove_V1_FileRef]) throws {
        for file in files {
            guard let size = try context.batch.blobSize(file.sha256) else {
                throw RPCError(
                    .failedPrecondition,
                    "the file \(file.name) (\(file.sha256.prefix(12))…) was not uploaded; put its blob first")
            }
            guard UInt64(clamping: size) == file.size else {
                throw RPCError(
                    .invalidArgument, "the file \(file.name) has \(size) bytes, not \(file.size); correct its size")
            }
        }
    }

    private func requireOwner(_ tree: ArtifactRecord?, of diffusion: ArtifactRecord) throws {
        guard let tree else { return }
        let owner = try diffusion.message().facts.treeSha256
        guard !owner.isEmpty, owner != tree.sha256 else { return }
        let other = try context.batch.artifacts(kind: Grove_V1_ArtifactKind.tree.rawValue)
            .first { $0.sha256 == owner }
        let name = other.map { "the tree \($0.name) version \($0.version)" } ?? "another tree"
        throw RPCError(
            .failedPrecondition,
            "the diffusion model \(diffusion.name) belongs to \(name), not to \(tree.name) version "
                + "\(tree.version); use them together")
    }

    private func requireLabels(_ dataset: ArtifactRecord?) throws {
        guard let dataset else { return }
        let facts = try dataset.message().facts
        // Facts may be unknown.
        guard facts.images > 0, !facts.labelled else { return }
        throw RPCError(
            .failedPrecondition,
            "the dataset \(dataset.name) has no labels, which this job needs; import its images together with their "
                + "labels")
    }

    private func requireImages(_ count: UInt32, _ dataset: ArtifactRecord?, _ field: String) throws {
        guard let dataset else { return }
        let images = try dataset.message().facts.images
        // Facts may be unknown.
        guard images > 0, UInt64(count) > images else { return }
        let few = images == 1 ? "1 image" : "\(images) images"
        throw RPCError(
            .invalidArgument,
            "\(field) is \(count) but the dataset \(dataset.name) has \(few); ask for fewer, or import more",
            violations: [.init(field: field, description: "more than there are")])
    }

    private func requireLegible(_ tree: ArtifactRecord?) throws {
        guard let tree else { return }
        let leaves = try tree.message().facts.leaves
        guard leaves > JobValidation.figureLeaves else { return }
        throw RPCError(
            .failedPrecondition,
            "a figure shows at most \(JobValidation.figureLeaves) leaves side by side and the tree \(tree.name) has "
                + "\(leaves); draw a smaller tree")
    }

    private func requireLeaf(_ choice: Grove_V1_LeafChoice, _ leaf: UInt32, _ tree: ArtifactRecord?) throws {
        guard let tree else { return }
        let leaves = try tree.message().facts.leaves
        guard choice == .one, leaves > 0, leaf >= leaves else { return }
        throw RPCError(
            .invalidArgument,
            "leaf \(leaf) is out of range: the tree \(tree.name) has \(leaves) leaves, 0 to \(leaves - 1)",
            violations: [.init(field: "leaf", description: "must be 0 to \(leaves - 1)")])
    }

    private func requireSameImages(_ one: ArtifactRecord?, _ other: ArtifactRecord?) throws {
        guard let one, let other else { return }
        let (a, b) = (try one.message(), try other.message())
        // Facts may be unknown.
        guard a.facts.height > 0, b.facts.height > 0 else { return }
        let shapes = [a, b].map { "\($0.facts.height)x\($0.facts.width)x\($0.facts.channels)" }
        guard shapes[0] != shapes[1] else { return }
        throw RPCError(
            .failedPrecondition,
            "the \(a.kind.noun) \(one.name) has images of \(shapes[0]), the \(b.kind.noun) \(other.name) of \(shapes[1]); "
                + "use two of the same size")
    }
}
