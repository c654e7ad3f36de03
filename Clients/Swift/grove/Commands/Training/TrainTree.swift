import ArgumentParser
import GroveClient

struct TrainTree: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "tree", abstract: "Learns a tree (TreeVAE) from a dataset.")

    @Argument(help: "The name under which the tree is kept; it gets the next version.") var name: String
    @Option(help: "The dataset, NAME or NAME@VERSION.") var data: String
    @Option(help: "A dataset to evaluate the tree on at the end.") var testData: String?
    @OptionGroup var training: TrainingOptions
    @OptionGroup var seed: SeedOptions
    @OptionGroup var submit: SubmitOptions

    func validate() throws {
        if !training.wantsListing { _ = try validated { () throws(RPCError) in try spec() } }
    }

    func spec(_ client: Client) throws -> JobSpec { try spec() }

    private func spec() throws(RPCError) -> JobSpec {
        var job = Grove_V1_TrainTree()
        job.name = name
        job.dataset = try ArtifactRef.parse(data)
        if let testData { job.testDataset = try ArtifactRef.parse(testData) }
        job.settings = try SettingsText.tree(training.pairs)
        job.seed = seed.seed
        try training.saving.apply(to: &job.checkpoints)
        var spec = JobSpec()
        spec.trainTree = job
        try JobValidation.check(spec)
        return spec
    }

    func run() async throws {
        try await reporting {
            if training.wantsListing {
                try Screen.shared.result(SettingsText.treeListing)
                return .success
            }
            let client = try submit.connection.connect()
            return try await Submission(client: client, options: submit).run(spec())
        }
    }
}
