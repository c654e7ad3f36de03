import ArgumentParser
import GroveClient

struct ModelGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Brings models to the broker.", subcommands: [ModelImport.self])
}

struct ModelImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Makes a model of a safetensors file.",
        discussion: "The file has the authors' parameter names, and their configuration in its header.")

    @Argument(help: "The name of the model: a-z 0-9 . _ -") var name: String
    @Argument(help: "The safetensors file.") var file: String
    @Option(help: "For a diffusion model: the tree it was trained with, NAME or NAME@VERSION.") var tree: String?
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

    func run() async throws {
        try await reporting {
            let client = try submit.connection.connect()
            let files = try await client.upload(showing: LocalFile.collect([file], ending: ".safetensors"))
            var job = Grove_V1_ImportModel()
            job.name = name
            job.file = files[0]
            if let tree { job.tree = try ArtifactRef.parse(tree) }
            var spec = JobSpec()
            spec.importModel = job
            return try await Submission(client: client, options: submit).run(spec)
        }
    }
}
