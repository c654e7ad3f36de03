import ArgumentParser
import GroveClient

struct Retry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Submits jobs again that failed, were cancelled or expired.",
        discussion: """
            Each becomes a new job, which goes on from the old one's last checkpoint; of an array, those of its jobs that \
            did not succeed become a new array. Prints the new ids.
            """)

    @Argument(help: "The jobs' ids.") var jobs: [String]
    @OptionGroup var connection: BrokerOptions

    func run() async throws {
        try await reporting {
            let client = try connection.connect()
            for id in jobs {
                let new = try await client.retry(id)
                try Screen.shared.submitted(connection.json ? "{\"jobId\":\(JSONText.string(new))}" : new)
            }
            return .success
        }
    }
}
