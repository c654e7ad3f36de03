import ModelSettings

/// What can be said against a job by looking at it alone. Whether its models exist is for the broker to say.
package struct JobValidation {
    package static let largestCount: UInt32 = 100_000
    package static let samplers = SettingsWord.all(SamplerSettings.Method.self).sorted()
    /// The checkpoints that are kept of a job; the first is meant when none is named.
    package static let checkpoints = ["newest", "previous", "best"]
    package static let inceptionPoolings = ["fid", "torchvision"]
    package static let largestLikelihoodSamples: UInt32 = 100_000
    package static let largestLeafImages: UInt32 = 10_000
    /// More leaves than this are not legible side by side.
    package static let figureLeaves = 40
    package static let highestPriority: UInt32 = 9
    package static let defaultPriority: UInt32 = 5

    private(set) var violations: [RPCError.Violation] = []

    /// Checks a spec.
    /// - Throws: `RPCError` INVALID_ARGUMENT with a violation for each field that is wrong.
    package static func check(_ spec: Grove_V1_JobSpec) throws(RPCError) {
        var validation = JobValidation()
        validation.spec(spec)
        try validation.finish()
    }

    /// Checks a whole submission.
    package static func check(_ request: Grove_V1_SubmitRequest) throws(RPCError) {
        var validation = JobValidation()
        if request.hasArray {
            validation.array(request)
        } else {
            validation.spec(request.spec)
        }
        if request.hasPriority {
            validation.expect(
                request.priority <= highestPriority, "priority",
                "must be 0 (last) to \(highestPriority) (first), not \(request.priority)")
        }
        validation.text(request.user, "user", atMost: Limits.nameBytes)
        validation.text(request.idempotencyKey, "idempotency_key", atMost: Limits.idempotencyKeyBytes)
        validation.terms(request.terms)
        validation.after(request.after)
        try validation.finish()
    }

    package static func check(_ request: Grove_V1_RetryJobRequest) throws(RPCError) {
        var validation = JobValidation()
        validation.text(request.idempotencyKey, "idempotency_key", atMost: Limits.idempotencyKeyBytes)
        try validation.finish()
    }

    /// Checks the terms of a job alone.
    package static func check(_ terms: Grove_V1_Terms) throws(RPCError) {
        var validation = JobValidation()
        validation.terms(terms)
        try validation.finish()
    }

    /// Whether `name` can be the name of a dataset or a model: 1 to 64 of a-z 0-9 . _ -
    package static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
                default: false
                }
            }
    }

    /// Checks a file that a peer names: the form of its hash, and a name that is safe to write under a directory.
    package static func check(_ file: Grove_V1_FileRef, field: String) throws(RPCError) {
        var validation = JobValidation()
        validation.file(file, field)
        try validation.finish()
    }

    func finish() throws(RPCError) {
        guard let first = violations.first else { return }
        let more = violations.count == 1 ? "" : " (and \(violations.count - 1) more)"
        throw RPCError(.invalidArgument, "\(first.field) \(first.description)\(more)", violations: violations)
    }

    mutating func expect(_ isFine: Bool, _ field: String, _ complaint: @autoclosure () -> String) {
        // A list of thousands of bad files would not fit into a status.
        guard !isFine, violations.count < Limits.violations else { return }
        violations.append(.init(field: field, description: complaint()))
    }
}

// MARK: One kind after the other

extension JobValidation {
    mutating func spec(_ spec: Grove_V1_JobSpec) {
        switch spec.kind {
        case .importDataset(let job): importDataset(job)
        case .importModel(let job): importModel(job)
        case .trainTree(let job): trainTree(job)
        case .trainDiffusion(let job): trainDiffusion(job)
        case .trainClassifier(let job): trainClassifier(job)
        case .sample(let job): sample(job)
        case .reconstruct(let job): reconstruct(job)
        case .refine(let job): refine(job)
        case .evaluate(let job): evaluate(job)
        case .figure(let job): figure(job)
        case nil:
            let kinds = JobKind.allCases.map(\.rawValue).joined(separator: ", ")
            expect(false, "spec", "names no kind of job that is known here; there are \(kinds)")
        }
    }

    private mutating func importDataset(_ job: Grove_V1_ImportDataset) {
        name(job.name, "import_dataset.name")
        files(job.files, "import_dataset.files")
        expect(!job.files.isEmpty, "import_dataset.files", "is empty; name at least one file")
    }

    private mutating func importModel(_ job: Grove_V1_ImportModel) {
        name(job.name, "import_model.name")
        file(job.file, "import_model.file")
        if job.hasTree { artifact(job.tree, "import_model.tree") }
    }

    private mutating func trainTree(_ job: Grove_V1_TrainTree) {
        name(job.name, "train_tree.name")
        artifact(job.dataset, "train_tree.dataset")
        if job.hasTestDataset { artifact(job.testDataset, "train_tree.test_dataset") }
        // What a job that goes on does not set is as it was, and known to the broker alone.
        settings(job.settings, Grove_V1_TreeSettings.fields, "train_tree.settings") { settings throws(RPCError) in
            if !job.hasResume { try settings.checkAlone() }
        }
        if job.hasResume { resume(job.resume, "train_tree.resume") }
    }

    private mutating func trainDiffusion(_ job: Grove_V1_TrainDiffusion) {
        name(job.name, "train_diffusion.name")
        artifact(job.dataset, "train_diffusion.dataset")
        artifact(job.tree, "train_diffusion.tree")
        settings(job.settings, Grove_V1_DiffusionSettings.fields, "train_diffusion.settings") {
            settings throws(RPCError) in if !job.hasResume { try settings.checkAlone() }
        }
        if job.hasResume { resume(job.resume, "train_diffusion.resume") }
    }

    private mutating func trainClassifier(_ job: Grove_V1_TrainClassifier) {
        name(job.name, "train_classifier.name")
        artifact(job.dataset, "train_classifier.dataset")
        if job.hasTestDataset { artifact(job.testDataset, "train_classifier.test_dataset") }
        settings(job.settings, Grove_V1_ClassifierSettings.fields, "train_classifier.settings") {
            settings throws(RPCError) in _ = try settings.training(on: nil, seed: job.seed)
        }
    }

    private mutating func sample(_ job: Grove_V1_Sample) {
        artifact(job.tree, "sample.tree")
        refinement(job.refinement, "sample.refinement")
        count(job.count, "sample.count")
        leaves(job.leaves, job.leaf, "sample")
    }

    private mutating func reconstruct(_ job: Grove_V1_Reconstruct) {
        artifact(job.tree, "reconstruct.tree")
        refinement(job.refinement, "reconstruct.refinement")
        leaves(job.leaves, job.leaf, "reconstruct")
        files(job.images, "reconstruct.images")
        if job.hasDataset {
            artifact(job.dataset, "reconstruct.dataset")
            count(job.count, "reconstruct.count")
            expect(job.images.isEmpty, "reconstruct.images", "and a dataset are both given; give one of them")
        } else {
            expect(!job.images.isEmpty, "reconstruct.images", "is empty; give PNG files or a dataset")
            expect(
                job.count == 0 || Int(job.count) == job.images.count, "reconstruct.count",
                "is \(job.count) but there are \(job.images.count) images; leave it 0")
        }
    }

    private mutating func refine(_ job: Grove_V1_Refine) {
        artifact(job.tree, "refine.tree")
        artifact(job.refinement.diffusion, "refine.refinement.diffusion")
        refinement(job.refinement, "refine.refinement")
        files(job.images, "refine.images")
        expect(!job.images.isEmpty, "refine.images", "is empty; give at least one PNG file")
        expect(job.leaves != .all, "refine.leaves", "cannot be all: a given image has one leaf")
        leaves(job.leaves, job.leaf, "refine")
    }

    private mutating func evaluate(_ job: Grove_V1_Evaluate) {
        artifact(job.tree, "evaluate.tree")
        artifact(job.dataset, "evaluate.dataset")
        expect(
            job.likelihoodSamples <= Self.largestLikelihoodSamples, "evaluate.likelihood_samples",
            "must be at most \(Self.largestLikelihoodSamples), not \(job.likelihoodSamples)")
        features(job)
        refinement(job.refinement, "evaluate.refinement")
        leafImages(job.leafImages, "evaluate.leaf_images")
        expect(
            job.leafImages == 0 || job.hasClassifier, "evaluate.leaf_images",
            "needs a classifier that names what the leaves draw; give one")
    }

    /// What the distances of an evaluation are measured with.
    private mutating func features(_ job: Grove_V1_Evaluate) {
        if job.hasClassifier { artifact(job.classifier, "evaluate.classifier") }
        if job.hasInception { file(job.inception, "evaluate.inception") }
        expect(
            !(job.hasClassifier && job.hasInception), "evaluate.inception",
            "and a classifier are both given; measure with one of them at a time")
        expect(
            job.inceptionPooling.isEmpty || job.hasInception && Self.inceptionPoolings.contains(job.inceptionPooling),
            "evaluate.inception_pooling",
            "must be \(Self.inceptionPoolings.joined(separator: " or ")), and goes with inception weights only, "
                + "not '\(job.inceptionPooling.excerpt)'")
        let measures = job.hasClassifier || job.hasInception
        expect(
            job.distanceImages == 0 || (measures && (2...Self.largestCount).contains(job.distanceImages)),
            "evaluate.distance_images",
            "must be 2 to \(Self.largestCount), or 0 for 10000, and needs a classifier or inception weights to measure with"
        )
        expect(
            !job.refinement.hasDiffusion || measures, "evaluate.refinement",
            "is of no use without a classifier or inception weights to measure with; give one of them")
    }

    private mutating func figure(_ job: Grove_V1_Figure) {
        artifact(job.tree, "figure.tree")
        refinement(job.refinement, "figure.refinement")
        if job.hasUnconditional { artifact(job.unconditional, "figure.unconditional") }
        if job.hasDataset { artifact(job.dataset, "figure.dataset") }
        if job.hasClassifier { artifact(job.classifier, "figure.classifier") }
        leafImages(job.leafImages, "figure.leaf_images")
        for case .UNRECOGNIZED(let value) in job.kinds {
            expect(false, "figure.kinds", "has \(value), which this release does not know")
        }
        expect(
            Set(job.kinds).count == job.kinds.count && !job.kinds.contains(.unspecified), "figure.kinds",
            "must name each figure once; leave it empty for all")
        let needDataset: [Grove_V1_FigureKind] = [.reconstructions, .classes]
        expect(
            job.hasDataset || !job.kinds.contains(where: needDataset.contains), "figure.dataset",
            "is needed for reconstructions and for classes; give one")
    }
}

// MARK: What the kinds are made of

extension JobValidation {
    private mutating func name(_ name: String, _ field: String) {
        expect(
            Self.isName(name), field,
            "must be 1 to 64 of the characters a-z 0-9 . _ - and not '\(name.excerpt)'")
    }

    private mutating func artifact(_ reference: Grove_V1_ArtifactRef, _ field: String) {
        name(reference.name, "\(field).name")
        expect(
            reference.sha256.isEmpty || SHA256.isHexDigest(reference.sha256), "\(field).sha256",
            "must be empty or 64 lower-case hexadecimal digits")
    }

    private mutating func resume(_ resume: Grove_V1_Resume, _ field: String) {
        expect(!resume.jobID.isEmpty, "\(field).job_id", "is empty; name the job to go on from")
        expect(
            resume.which.isEmpty || Self.checkpoints.contains(resume.which), "\(field).which",
            "must be \(Self.checkpoints.joined(separator: " or ")), not '\(resume.which.excerpt)'")
    }

    private mutating func count(_ count: UInt32, _ field: String) {
        expect(
            (1...Self.largestCount).contains(count), field,
            "must be 1 to \(Self.largestCount) images, not \(count); split a larger request into several jobs")
    }

    private mutating func leafImages(_ count: UInt32, _ field: String) {
        expect(
            count <= Self.largestLeafImages, field, "must be at most \(Self.largestLeafImages), not \(count)")
    }

    private mutating func leaves(_ choice: Grove_V1_LeafChoice, _ leaf: UInt32, _ field: String) {
        if case .UNRECOGNIZED(let value) = choice {
            expect(false, "\(field).leaves", "is \(value), which this release does not know")
        }
        expect(
            leaf == 0 || choice == .one, "\(field).leaf", "is \(leaf), which counts only when leaves is LEAF_CHOICE_ONE"
        )
    }

    private mutating func refinement(_ refinement: Grove_V1_Refinement, _ field: String) {
        if refinement.hasDiffusion { artifact(refinement.diffusion, "\(field).diffusion") }
        expect(
            refinement.steps == 0 || SamplingBounds.steps.contains(Int(refinement.steps)), "\(field).steps",
            "must be \(SamplingBounds.steps.inWords), or 0 for 50, not \(refinement.steps)")
        expect(
            refinement.sampler.isEmpty || Self.samplers.contains(refinement.sampler), "\(field).sampler",
            "must be \(Self.samplers.joined(separator: " or ")), not '\(refinement.sampler.excerpt)'")
        expect(
            SamplingBounds.guidance.contains(refinement.guidance), "\(field).guidance",
            "must be \(SamplingBounds.guidance.inWords), not \(refinement.guidance)")
        expect(
            SamplingBounds.eta.contains(refinement.eta), "\(field).eta",
            "must be \(SamplingBounds.eta.inWords), not \(refinement.eta)")
    }

    private mutating func settings<Settings>(
        _ settings: Settings, _ fields: [SettingsField<Settings>], _ path: String,
        together: (Settings) throws(RPCError) -> Void
    ) {
        for field in fields {
            if let complaint = field.complaint(about: settings) { expect(false, "\(path).\(field.name)", complaint) }
        }
        // Much work for a message in which something is wrong already.
        guard violations.isEmpty else { return }
        do { try together(settings) } catch { violations += error.violations }
    }

    private mutating func files(_ files: [Grove_V1_FileRef], _ field: String) {
        expect(
            files.count <= Limits.filesPerJob, field,
            "has \(files.count) files, at most \(Limits.filesPerJob) are allowed; split it into several jobs")
        for (index, file) in files.prefix(Limits.filesPerJob).enumerated() { self.file(file, "\(field)[\(index)]") }
    }

    private mutating func file(_ file: Grove_V1_FileRef, _ field: String) {
        expect(SHA256.isHexDigest(file.sha256), "\(field).sha256", "must be 64 lower-case hexadecimal digits")
        expect(
            Self.isSafePath(file.name), "\(field).name",
            "must be a relative path of at most \(Limits.nameBytes) bytes without . or .. as a part, backslashes, "
                + "control characters, line separators or marks that turn the direction of text")
        text(file.mediaType, "\(field).media_type", atMost: Limits.nameBytes)
    }

    /// Whether somebody who joins `path` to a directory stays inside it.
    private static func isSafePath(_ path: String) -> Bool {
        guard path.utf8.count <= Limits.nameBytes, path.isSafeName, !path.utf8.contains(UInt8(ascii: "\\")) else {
            return false
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return parts.allSatisfy { $0 != "" && $0 != "." && $0 != ".." }
    }

    mutating func text(_ text: String, _ field: String, atMost limit: Int) {
        expect(text.utf8.count <= limit, field, "has \(text.utf8.count) bytes, at most \(limit) are allowed")
        expect(
            text.isSafeName, field,
            "must not contain control characters, line separators or marks that turn the direction of text")
    }
}
