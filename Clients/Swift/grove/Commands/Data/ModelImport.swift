import ArgumentParser
import GroveClient

struct ModelGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Brings models to the broker, and fetches them.",
        subcommands: [ModelImport.self, ModelExport.self])
}

struct ModelImport: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Makes a model of a safetensors file.",
        discussion: """
            The file has the authors' parameter names, and their configuration in its header; or it is one that 'grove model \
            export' wrote, and is kept as it is.
            """)

    @Argument(help: "The name of the model: a-z 0-9 . _ -") var name: String
    @Argument(help: "The safetensors file.", transform: path) var file: String
    @Option(help: "For a diffusion model: the tree it was trained with, NAME or NAME@VERSION.") var tree: String?
    @Flag(
        help: "Keep of a diffusion model only what images are drawn with, in half precision: a quarter of the size.")
    var compact = false
    @OptionGroup var submit: SubmitOptions

    func validate() throws {
        guard JobValidation.isName(name) else {
            throw ValidationError("'\(name)' is not a name; use 1 to 64 of the characters a-z 0-9 . _ -")
        }
        if let tree { _ = try validated { () throws(RPCError) in try ArtifactRef.parse(tree) } }
        _ = try validatedFiles { () throws(FileError) in
            try LocalFile.collect([file], ending: ".safetensors")
        }
    }

    func spec(_ client: Client) async throws -> JobSpec {
        var job = Grove_V1_ImportModel()
        job.name = name
        job.file = try await client.upload(showing: LocalFile.collect([file], ending: ".safetensors"))[0]
        if let tree { job.tree = try ArtifactRef.parse(tree) }
        job.compact = compact
        var spec = JobSpec()
        spec.importModel = job
        return spec
    }
}
