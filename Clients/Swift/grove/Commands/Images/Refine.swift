import ArgumentParser
import GroveClient

struct Refine: JobCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes blurred images, such as a tree's, sharp with its diffusion model.")

    @Argument(help: "PNG files, or a folder of them.", transform: path) var images: [String]
    @Option(help: "The tree, NAME or NAME@VERSION.") var tree: String
    @OptionGroup var refinement: RefinementOptions
    @OptionGroup var leaves: LeafOptions
    @OptionGroup var seed: SeedOptions
    @OptionGroup var submit: SubmitOptions

    func validate() throws {
        if leaves.leaves == .all { throw ValidationError("--leaves all makes no sense here: an image has one leaf.") }
        _ = try validated { () throws(RPCError) in try ArtifactRef.parse(tree) }
        _ = try validatedFiles { () throws(FileError) in try LocalFile.collect(images, ending: ".png") }
    }

    func spec(_ client: Client) async throws -> JobSpec {
        var job = Grove_V1_Refine()
        job.tree = try ArtifactRef.parse(tree)
        job.refinement = try await refinement.refinement(of: job.tree, client: client, isOptional: false)
        job.images = try await client.upload(showing: LocalFile.collect(images, ending: ".png"))
        (job.leaves, job.leaf) = leaves.choice
        job.seed = seed.seed
        var spec = JobSpec()
        spec.refine = job
        return spec
    }
}
