import ArgumentParser
import GroveClient

struct Reconstruct: JobCommand {
    static let configuration = CommandConfiguration(
        abstract: "Encodes images with a tree and draws them again.")

    @Argument(help: "PNG files, or a folder of them; or use --data.", transform: path) var images: [String] = []
    @Option(help: "The tree, NAME or NAME@VERSION.") var tree: String
    @Option(help: "Take images of this dataset, NAME or NAME@VERSION.") var data: String?
    @Option(name: [.customShort("n"), .long], help: "How many images of the dataset (default: 16).") var count: UInt32?
    @Flag(help: "The tree's own images, without a diffusion model.") var noRefine = false
    @OptionGroup var refinement: RefinementOptions
    @OptionGroup var leaves: LeafOptions
    @OptionGroup var seed: SeedOptions
    @OptionGroup var submit: SubmitOptions

    func validate() throws {
        guard images.isEmpty != (data == nil) else {
            throw ValidationError("give PNG files or --data, one of them.")
        }
        if data == nil && count != nil { throw ValidationError("--count goes with --data; all files given are used.") }
        if noRefine && refinement.diffusion != nil {
            throw ValidationError("--no-refine and --diffusion cannot go together; choose one.")
        }
        _ = try validated { () throws(RPCError) in try ArtifactRef.parse(tree) }
        if let data { _ = try validated { () throws(RPCError) in try ArtifactRef.parse(data) } }
        _ = try validatedFiles { () throws(FileError) in try LocalFile.collect(images, ending: ".png") }
    }

    func spec(_ client: Client) async throws -> JobSpec {
        var job = Grove_V1_Reconstruct()
        job.tree = try ArtifactRef.parse(tree)
        if let data {
            job.dataset = try ArtifactRef.parse(data)
            job.count = count ?? 16
        } else {
            job.images = try await client.upload(showing: LocalFile.collect(images, ending: ".png"))
        }
        (job.leaves, job.leaf) = leaves.choice
        job.seed = seed.seed
        if !noRefine {
            job.refinement = try await refinement.refinement(of: job.tree, client: client, isOptional: true)
        }
        var spec = JobSpec()
        spec.reconstruct = job
        return spec
    }
}
