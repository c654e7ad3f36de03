import ArgumentParser
import GroveClient

struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Goes on with a training that was cancelled or failed.",
        discussion: """
            Submits a new job that continues from a checkpoint of the old one, on the same data and under the same name, \
            with other settings where --set says so. Without --set it ends in the same model, bit for bit, as a run that \
            was never stopped.
            """)

    enum Checkpoint: String, ExpressibleByArgument, CaseIterable {
        case newest, previous, best
    }

    @Argument(help: "The id of the job that has ended.") var job: String
    @Option(help: "Which of its checkpoints.") var from = Checkpoint.newest
    @Option(name: .customLong("set"), help: "A setting that is different from here on, key=value; may be given often.")
    var settings: [String] = []
    @OptionGroup var saving: SavingOptions
    @OptionGroup var submit: SubmitOptions

    func run() async throws {
        try await reporting {
            let client = try submit.connection.connect()
            let spec = try await client.job(job).spec.resuming(job, from: from.rawValue, changing: settings) {
                policy throws(RPCError) in try saving.apply(to: &policy)
            }
            return try await Submission(client: client, options: submit).run(spec)
        }
    }
}
