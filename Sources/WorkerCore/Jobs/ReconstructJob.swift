import Models
import Wire

/// The reconstructions of given images, by the tree alone or refined.
struct ReconstructJob {
    private let job: Grove_V1_Reconstruct

    init(_ job: Grove_V1_Reconstruct) {
        self.job = job
    }

    func run(_ context: JobContext) throws -> JobProducts {
        let refinement = job.hasRefinement ? job.refinement : nil
        let tree = try context.tree(job.tree).tree
        let given = try GivenImages(
            files: job.images, dataset: job.hasDataset ? job.dataset : nil, count: Int(job.count),
            shape: ImageShape(tree), context)
        let loop = GenerationLoop(kind: .reconstruct, tree: job.tree, refinement: refinement)
        let leaves = GenerationRequest.Leaves(job.leaves, leaf: job.leaf, standard: .argmax)
        return try loop.compare(
            given, GenerationRequest(.reconstruction(given.values), leaves: leaves, seed: job.seed), context)
    }
}
