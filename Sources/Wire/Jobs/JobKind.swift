/// What a job does; the raw value is its name in lists and in `Job.kind`.
package enum JobKind: String, CaseIterable, Sendable {
    case importDataset = "import-dataset"
    case importModel = "import-model"
    case trainTree = "train-tree"
    case trainDiffusion = "train-diffusion"
    case trainClassifier = "train-classifier"
    case sample
    case reconstruct
    case refine
    case evaluate
    case figure

    /// - Returns: `nil` when the spec names no kind, or one that this release does not know.
    package init?(_ spec: Grove_V1_JobSpec) {
        switch spec.kind {
        case .importDataset: self = .importDataset
        case .importModel: self = .importModel
        case .trainTree: self = .trainTree
        case .trainDiffusion: self = .trainDiffusion
        case .trainClassifier: self = .trainClassifier
        case .sample: self = .sample
        case .reconstruct: self = .reconstruct
        case .refine: self = .refine
        case .evaluate: self = .evaluate
        case .figure: self = .figure
        case nil: return nil
        }
    }

}

extension Grove_V1_JobSpec {
    /// The slot it takes at a worker: what runs for hours must not stand in the way of a sample. Nil for a spec without a
    /// known kind.
    package var slot: Grove_V1_SlotKind? {
        switch kind {
        case .trainTree, .trainDiffusion, .trainClassifier: .training
        case .evaluate(let job): job.isLong ? .training : .interactive
        case .importDataset, .importModel, .sample, .reconstruct, .refine, .figure: .interactive
        case nil: nil
        }
    }
}

extension Grove_V1_Evaluate {
    /// Whether more is asked for than one pass over the dataset.
    fileprivate var isLong: Bool { likelihoodSamples > 0 || hasClassifier || hasInception }
}
