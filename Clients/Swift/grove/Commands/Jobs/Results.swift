import ArgumentParser
import GroveClient

struct Results: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Collects the files that a job made.",
        discussion: "Files that are there already are kept: the same ones are fine, others are an error.")

    @Argument(help: "The job's id.") var job: String
    @Option(name: .shortAndLong, help: "The directory for them (default: ./grove-JOBID).", transform: path)
    var output: String?
    @OptionGroup var connection: BrokerOptions

    func run() async throws {
        try await reporting {
            let client = try connection.connect()
            let found = try await client.job(job)
            guard found.state.isTerminal || !found.results.isEmpty else {
                throw RPCError(
                    .failedPrecondition,
                    "job \(job) is still \(found.state.word); wait for it with 'grove watch \(job)'")
            }
            if !found.state.isTerminal { Screen.shared.note("job \(job) goes on; this is what it has so far") }
            if found.results.isEmpty && !found.hasArray {
                let reason =
                    found.resultsRemovedMs > 0 ? "its results were \(JobText.removal(found))" : "it left no files"
                Screen.shared.note("\(JobText.ending(found)); \(reason)")
            }
            try await Collecting(client: client, job: found, output: output, json: connection.json).run()
            return .success
        }
    }
}
