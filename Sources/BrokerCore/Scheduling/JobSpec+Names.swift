import Wire

/// A dataset or model by kind and name.
struct Product: Hashable, Sendable {
    let kind: Grove_V1_ArtifactKind
    let name: String
}

extension Grove_V1_JobSpec {
    /// What the job will make, as far as that can be told before.
    var product: Product? {
        switch kind {
        case .importDataset(let job): Product(kind: .dataset, name: job.name)
        // A diffusion model is imported together with its tree.
        case .importModel(let job): Product(kind: job.hasTree ? .diffusion : .tree, name: job.name)
        case .trainTree(let job): Product(kind: .tree, name: job.name)
        case .trainDiffusion(let job): Product(kind: .diffusion, name: job.name)
        case .trainClassifier(let job): Product(kind: .classifier, name: job.name)
        case .sample, .reconstruct, .refine, .evaluate, .figure, nil: nil
        }
    }

    /// The model that a worker had better have loaded: of two, the one that takes longer to load.
    var model: Grove_V1_ArtifactRef? {
        switch kind {
        case .sample(let job): job.refinement.hasDiffusion ? job.refinement.diffusion : job.tree
        case .reconstruct(let job): job.refinement.hasDiffusion ? job.refinement.diffusion : job.tree
        case .refine(let job): job.refinement.diffusion
        case .evaluate(let job): job.tree
        case .trainDiffusion(let job): job.tree
        case .figure(let job): job.refinement.hasDiffusion ? job.refinement.diffusion : job.tree
        case .importDataset, .importModel, .trainTree, .trainClassifier, nil: nil
        }
    }
}
