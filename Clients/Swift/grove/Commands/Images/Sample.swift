import ArgumentParser
import GroveClient

struct Sample: JobCommand {
    static let configuration = CommandConfiguration(abstract: "Draws new images.")

    @Option(help: "The tree, NAME or NAME@VERSION.") var tree: String
    @Option(name: [.customShort("n"), .long], help: "How many images.") var count: UInt32 = 16
    @Flag(help: "The tree's own images, without a diffusion model.") var noRefine = false
    @OptionGroup var refinement: RefinementOptions
    @OptionGroup var leaves: LeafOptions
    @OptionGroup var seed: SeedOptions
    @OptionGroup var submit: SubmitOptions

    func validate() throws {
        _ = try validated { () throws(RPCError) in try ArtifactRef.parse(tree) }
        guard (1...JobValidation.largestCount).contains(count) else {
            throw ValidationError("--count takes 1 to \(JobValidation.largestCount) images, not \(count).")
        }
        if noRefine && refinement.diffusion != nil {
            throw ValidationError("--no-refine and --diffusion cannot go together; choose one.")
        }
    }

    func spec(_ client: Client) async throws -> JobSpec {
        var job = Grove_V1_Sample()
        job.tree = try ArtifactRef.parse(tree)
        job.count = count
        (job.leaves, job.leaf) = leaves.choice
        job.seed = seed.seed
        if !noRefine {
            job.refinement = try await refinement.refinement(of: job.tree, client: client, isOptional: true)
        }
        var spec = JobSpec()
        spec.sample = job
        return spec
    }
}
