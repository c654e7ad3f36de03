import ArgumentParser
import GroveClient

struct Workers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists workers.", discussion: "SLOTS are those for short jobs and those for training.")

    @OptionGroup var connection: BrokerOptions

    func run() async throws {
        try await reporting {
            let workers = try await connection.connect().workers()
            if connection.json {
                for worker in workers { try Screen.shared.result(JSONText.line(worker)) }
            } else {
                try Screen.shared.show(
                    ArtifactText.workers(workers, now: Places.now),
                    orSay: "no workers; jobs wait until there is one (grove-worker --broker ...)")
            }
            return .success
        }
    }
}
