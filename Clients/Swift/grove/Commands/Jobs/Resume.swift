import ArgumentParser
import GroveClient

struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Goes on with a training that was cancelled or failed; without a job, with the queue.",
        discussion: """
            Without a job it ends what 'grove pause' and 'grove drain' began, of the queue or of a --worker.

            With one it submits a new job that continues from a checkpoint of the old one, on the same data and under the same name, \
            with other settings where --set says so. Without --set it ends in the same model, bit for bit, as a run that \
            was never stopped.
            """)

    enum Checkpoint: String, ExpressibleByArgument, CaseIterable {
        case newest, previous, best
    }

    @Argument(help: "The id of the job that has ended.") var job: String?
    @Option(help: "A worker that was paused or drained, by its name in 'grove workers'.") var worker: String?
    @Option(help: "Which of its checkpoints.") var from = Checkpoint.newest
    @Option(name: .customLong("set"), help: "A setting that is different from here on, key=value; may be given often.")
    var settings: [String] = []
    @OptionGroup var saving: SavingOptions
    @OptionGroup var submit: SubmitOptions

    func validate() throws {
        guard job == nil || worker == nil else {
            throw ValidationError("give a job, or a --worker, or neither for the queue; not both.")
        }
    }

    func run() async throws {
        try await reporting {
            guard let job else { return try await GateOptions.set(.open, worker: worker, submit.connection) }
            let client = try submit.connection.connect()
            let spec = try await client.job(job).spec.resuming(job, from: from.rawValue, changing: settings) {
                policy throws(RPCError) in try saving.apply(to: &policy)
            }
            return try await Submission(client: client, options: submit).run(spec)
        }
    }
}
