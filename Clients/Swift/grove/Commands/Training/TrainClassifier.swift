import ArgumentParser
import GroveClient

struct TrainClassifier: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "classifier",
        abstract: "Learns a small classifier, to measure distances with and to name what leaves draw.")

    @Argument(help: "The name under which the classifier is kept; it gets the next version.") var name: String
    @Option(help: "A dataset with labels, NAME or NAME@VERSION.") var data: String
    @Option(
        name: [.customLong("test-data"), .customLong("test")],
        help: "A dataset to measure the accuracy on (default: the one that is learned from).")
    var testData: String?
    @Option(name: .customLong("set"), help: "A setting, key=value; may be given often. '--set help' lists all.")
    var settings: [String] = []
    @OptionGroup var seed: SeedOptions
    @OptionGroup var submit: SubmitOptions

    private var wantsListing: Bool { settings.contains("help") }

    func validate() throws {
        if !wantsListing { _ = try validated { () throws(RPCError) in try spec() } }
    }

    func spec(_ client: Client) throws -> JobSpec { try spec() }

    private func spec() throws(RPCError) -> JobSpec {
        var job = Grove_V1_TrainClassifier()
        job.name = name
        job.dataset = try ArtifactRef.parse(data)
        if let testData { job.testDataset = try ArtifactRef.parse(testData) }
        job.settings = try SettingsText.classifier(settings)
        job.seed = seed.seed
        var spec = JobSpec()
        spec.trainClassifier = job
        try JobValidation.check(spec)
        return spec
    }

    func run() async throws {
        try await reporting {
            if wantsListing {
                try Screen.shared.result(SettingsText.classifierListing)
                return .success
            }
            let client = try submit.connection.connect()
            return try await Submission(client: client, options: submit).run(spec())
        }
    }
}
