/// What a job does; the raw value is its name in lists and in `Job.kind`.
package enum JobKind: String, CaseIterable, Sendable {
    case importDataset = "import-dataset"
    case importModel = "import-model"
    case trainTree = "train-tree"
    case trainDiffusion = "train-diffusion"
    case sample
    case reconstruct
    case refine
    case evaluate

    /// - Returns: `nil` when the spec names no kind, or one that this release does not know.
    package init?(_ spec: Grove_V1_JobSpec) {
        switch spec.kind {
        case .importDataset: self = .importDataset
        case .importModel: self = .importModel
        case .trainTree: self = .trainTree
        case .trainDiffusion: self = .trainDiffusion
        case .sample: self = .sample
        case .reconstruct: self = .reconstruct
        case .refine: self = .refine
        case .evaluate: self = .evaluate
        case nil: return nil
        }
    }

    /// The slot it takes at a worker: training for hours must not stand in the way of a sample.
    package var slot: Grove_V1_SlotKind {
        switch self {
        case .trainTree, .trainDiffusion: .training
        case .importDataset, .importModel, .sample, .reconstruct, .refine, .evaluate: .interactive
        }
    }
}
