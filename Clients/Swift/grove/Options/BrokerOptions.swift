import ArgumentParser
import GroveClient

/// What every command that talks to a broker takes.
struct BrokerOptions: ParsableArguments {
    @Option(help: "The broker's endpoint (default: $GROVE_BROKER, else \(Client.defaultEndpoint)).")
    var broker: String?

    @Option(help: "Seconds to wait for a broker that does not answer.")
    var patience: Double = 3

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    func validate() throws {
        guard (0...86_400).contains(patience) else {
            throw ValidationError("--patience takes seconds from 0 to 86400, not \(patience).")
        }
    }

    /// A connection, whose troubles are told on standard error.
    func connect() throws -> Client {
        let endpoint = BrokerEndpoint.chosen(option: broker, environment: Places.environment)
        return try Client(
            endpoint,
            options: .init(patience: .milliseconds(Int(patience * 1000)), name: "grove") { notice in
                Screen.shared.note("grove: \(notice.printable)")
            })
    }
}
