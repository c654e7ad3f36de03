import ArgumentParser
import GroveClient

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows a job.", discussion: "The exit code is that of the job if it has ended, 0 otherwise.")

    @Argument(help: "The job's id.") var job: String
    @OptionGroup var connection: BrokerOptions

    func run() async throws {
        try await reporting {
            let found = try await connection.connect().job(job)
            if connection.json {
                try Screen.shared.result(JSONText.line(found))
            } else {
                for line in JobText.page(found) { try Screen.shared.result(line) }
            }
            return CommandStatus(found.state)
        }
    }
}
