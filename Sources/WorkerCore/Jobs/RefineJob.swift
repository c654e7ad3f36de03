import Models
import Wire

/// Given images in the place of a tree's, made sharp by the diffusion model.
struct RefineJob {
    private let job: Grove_V1_Refine

    init(_ job: Grove_V1_Refine) {
        self.job = job
    }

    func run(_ context: JobContext) throws -> JobProducts {
        let tree = try context.tree(job.tree).tree
        let given = try GivenImages(
            files: job.images, dataset: nil, count: 0, shape: ImageShape(tree), context)
        let loop = GenerationLoop(kind: .refine, tree: job.tree, refinement: job.refinement)
        let leaves = GenerationRequest.Leaves(job.leaves, leaf: job.leaf, standard: .argmax)
        return try loop.compare(
            given, GenerationRequest(.refinement(given.values), leaves: leaves, seed: job.seed), context)
    }
}
