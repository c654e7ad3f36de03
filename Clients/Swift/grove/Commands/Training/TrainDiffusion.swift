import ArgumentParser
import GroveClient

struct TrainDiffusion: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "diffusion", abstract: "Learns a diffusion model that refines what a tree's leaves draw.")

    @Argument(help: "The name under which the model is kept; it gets the next version.") var name: String
    @Option(help: "The dataset, NAME or NAME@VERSION.") var data: String
    @Option(help: "The trained tree, NAME or NAME@VERSION.") var tree: String
    @OptionGroup var training: TrainingOptions
    @OptionGroup var seed: SeedOptions
    @OptionGroup var submit: SubmitOptions

    func validate() throws {
        if !training.wantsListing { _ = try validated { () throws(RPCError) in try spec() } }
    }

    func spec(_ client: Client) throws -> JobSpec { try spec() }

    private func spec() throws(RPCError) -> JobSpec {
        var job = Grove_V1_TrainDiffusion()
        job.name = name
        job.dataset = try ArtifactRef.parse(data)
        job.tree = try ArtifactRef.parse(tree)
        job.settings = try SettingsText.diffusion(training.pairs)
        job.seed = seed.seed
        try training.saving.apply(to: &job.checkpoints)
        var spec = JobSpec()
        spec.trainDiffusion = job
        try JobValidation.check(spec)
        return spec
    }

    func run() async throws {
        try await reporting {
            if training.wantsListing {
                try Screen.shared.result(SettingsText.diffusionListing)
                return .success
            }
            let client = try submit.connection.connect()
            return try await Submission(client: client, options: submit).run(spec())
        }
    }
}
