import ArgumentParser
import GroveClient

struct Plot: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fetches the curves of a training as PNG and SVG.",
        discussion: """
            Also while it runs, as of its last checkpoint, and when it has failed. The numbers are in the job's results: \
            metrics.jsonl, metrics.csv, and an event file for TensorBoard.
            """)

    @Argument(help: "The training's id.") var job: String
    @Option(name: .shortAndLong, help: "The directory for them (default: ./grove-JOBID).", transform: path)
    var output: String?
    @OptionGroup var connection: BrokerOptions

    func run() async throws {
        try await reporting {
            let client = try connection.connect()
            var found = try await client.job(job)
            found.results.removeAll { !$0.name.hasPrefix("curves.") }
            guard !found.results.isEmpty else {
                throw RPCError(
                    .failedPrecondition,
                    "job \(job) has no curves yet: a training has some from its first checkpoint on")
            }
            found.artifacts = []
            try await Collecting(client: client, job: found, output: output, json: connection.json).run()
            return .success
        }
    }
}
