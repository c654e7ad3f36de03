import ArgumentParser
import GroveClient

struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Follows a job to its end.",
        discussion: "With --json, prints the job at each change. Collect its files afterwards with 'grove results'.")

    @Argument(help: "The job's id.") var job: String
    @OptionGroup var connection: BrokerOptions

    func run() async throws {
        try await reporting {
            let client = try connection.connect()
            let (id, json) = (job, connection.json)
            let end = try await Interruption.guarding {
                try await Following(client: client, printsUpdates: json).end(of: id)
            }
            guard let end else {
                Following.farewell(id)
                return .interrupted
            }
            Screen.shared.note(JobText.ending(end))
            for artifact in end.artifacts { Screen.shared.note("made \(artifact.text)") }
            if !end.results.isEmpty { Screen.shared.note("collect its files with 'grove results \(id)'") }
            return CommandStatus(end.state)
        }
    }
}
