import ArgumentParser
import GroveClient

struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Begins no more jobs until 'grove resume'.",
        discussion: "What runs goes on. With --worker only that worker is given no more.")

    @OptionGroup var gate: GateOptions

    func run() async throws { try await gate.set(.paused) }
}

struct Drain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes no more jobs into the queue; with --worker, empties a worker.",
        discussion: """
            Jobs that wait already are worked off. A worker that is drained saves the jobs that it has and gives them \
            back, for others to go on with. 'grove resume' ends it.
            """)

    @OptionGroup var gate: GateOptions

    func run() async throws { try await gate.set(.draining) }
}

/// The queue or a worker.
struct GateOptions: ParsableArguments {
    @Option(help: "Only this worker, by its name in 'grove workers'.") var worker: String?
    @OptionGroup var connection: BrokerOptions

    func set(_ gate: Grove_V1_Gate) async throws {
        try await reporting { try await Self.set(gate, worker: worker, connection) }
    }

    static func set(
        _ gate: Grove_V1_Gate, worker: String?, _ connection: BrokerOptions
    ) async throws -> CommandStatus {
        let status = try await connection.connect().set(gate, worker: worker ?? "")
        try Screen.shared.result(connection.json ? JSONText.line(status) : GateText.sentence(status))
        return .success
    }
}
