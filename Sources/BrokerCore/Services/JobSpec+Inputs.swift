import Wire

extension Grove_V1_JobSpec {
    /// The hashes of the files that came with the job. Datasets and models are artifacts, which stay by themselves.
    var inputs: Set<String> {
        switch kind {
        case .importDataset(let job): Set(job.files.map(\.sha256))
        case .importModel(let job): [job.file.sha256]
        case .reconstruct(let job): Set(job.images.map(\.sha256))
        case .refine(let job): Set(job.images.map(\.sha256))
        case .evaluate(let job): job.hasInception ? [job.inception.sha256] : []
        case .trainTree, .trainDiffusion, .trainClassifier, .sample, .figure, nil: []
        }
    }
}
