import ArgumentParser
import GroveClient

struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stops jobs.", discussion: "One that waits ends at once, one that runs at its next step.")

    @Argument(help: "The jobs' ids.") var jobs: [String]
    @OptionGroup var connection: BrokerOptions

    func run() async throws {
        try await reporting {
            let client = try connection.connect()
            for id in jobs {
                let job = try await client.cancel(id)
                if connection.json {
                    try Screen.shared.result(JSONText.line(job))
                } else {
                    let isStopping = job.state == .running
                    Screen.shared.note(isStopping ? "job \(id) stops at its next step" : JobText.ending(job))
                }
            }
            return .success
        }
    }
}
