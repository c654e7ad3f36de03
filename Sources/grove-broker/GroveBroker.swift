import ArgumentParser
import BrokerCore
import Foundation
import Logging
import UnixSignals

@main
struct GroveBroker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grove-broker",
        abstract: "Keeps the jobs, datasets and models of Grove and gives jobs to workers.",
        discussion: """
            Prints "ready" and its endpoint on standard output when it serves; logs go to standard error. SIGTERM and \
            Ctrl-C stop it: jobs that run go on at their workers, which come back when the broker does. Exit code 0 after \
            such a stop, 1 when it could not start or go on.
            """,
        version: BrokerSettings().software)

    enum LogFormat: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Option(help: "The folder that holds everything; made when it is not there.") var data = "grove-data"
    @Option(help: "Where to listen; port 0 takes a free one.") var bind = "tcp://127.0.0.1:7741"
    @Option(help: "How long a job stays with a worker that is not heard.") var leaseSeconds = 15.0
    @Option(help: "How log lines are written.") var logFormat = LogFormat.text
    @Flag(help: "Let anybody who can reach the port use the broker: there are no keys yet.")
    var allowUnauthenticatedNetwork = false

    mutating func validate() throws {
        guard (0.2...3600).contains(leaseSeconds) else {
            throw ValidationError("--lease-seconds takes a number from 0.2 to 3600.")
        }
        // ZeroMQ knows a free port as *.
        if bind.hasPrefix("tcp://"), bind.hasSuffix(":0") { bind = bind.dropLast() + "*" }
    }

    func run() async throws {
        let format = logFormat
        LoggingSystem.bootstrap { label in
            switch format {
            case .text: StreamLogHandler.standardError(label: label)
            case .json: JSONLogHandler(label: label)
            }
        }
        let log = Logger(label: "grove-broker")
        var settings = BrokerSettings()
        settings.lease = .milliseconds(Int64(leaseSeconds * 1000))
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let server: BrokerServer
        do {
            server = try BrokerServer(
                directory: data, endpoint: bind, settings: settings, allowsNetwork: allowUnauthenticatedNetwork,
                log: log)
        } catch {
            log.critical("cannot start: \(error)")
            throw ExitCode.failure
        }
        // At once, also into a pipe: whoever started the broker waits for this line.
        FileHandle.standardOutput.write(Data("ready \(server.endpoint)\n".utf8))
        let waiting = Task.detached { for await _ in signals { server.stop() } }
        defer { waiting.cancel() }
        do {
            try await ended(server)
        } catch {
            throw ExitCode.failure
        }
    }

    /// Waits on a thread of its own: the cooperative pool must never block.
    private func ended(_ server: BrokerServer) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            Thread.detachNewThread { continuation.resume(with: Result { try server.wait() }) }
        }
    }
}
