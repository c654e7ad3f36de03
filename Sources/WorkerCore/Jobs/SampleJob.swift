import Models
import Wire

/// New images, leaf by leaf.
struct SampleJob {
    private let job: Grove_V1_Sample

    init(_ job: Grove_V1_Sample) {
        self.job = job
    }

    func run(_ context: JobContext) throws -> JobProducts {
        let refinement = job.hasRefinement ? job.refinement : nil
        let loop = GenerationLoop(kind: .sample, tree: job.tree, refinement: refinement)
        let leaves = GenerationRequest.Leaves(job.leaves, leaf: job.leaf, standard: .sample)
        let (images, drawn) = try loop.draw(
            GenerationRequest(.prior(count: Int(job.count)), leaves: leaves, seed: job.seed), sources: nil, context)
        let tree = try context.tree(job.tree).tree
        var products = drawn
        products.files += try LeafSheets(
            title: job.tree.name, shape: ImageShape(tree), leafCount: tree.topology.leaves.count
        ).files(of: images)
        return products
    }
}
