import ArgumentParser
import GroveClient

struct Health: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks the broker how it is.", discussion: "Exit code 0 when it serves, 69 when nobody answers.")

    @OptionGroup var connection: BrokerOptions

    func run() async throws {
        try await reporting {
            let client = try connection.connect()
            let health = try await client.health()
            if connection.json {
                try Screen.shared.result(JSONText.line(health))
            } else {
                let state = health.serving ? "serving" : "not serving"
                try Screen.shared.result(
                    "\(health.software.printable) at \(client.endpoint) is \(state): \(health.waitingJobs) waiting, "
                        + "\(health.runningJobs) running, \(health.workers) workers")
            }
            return health.serving ? .success : .failure
        }
    }
}
