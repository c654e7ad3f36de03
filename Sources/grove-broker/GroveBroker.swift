import ArgumentParser
import BrokerCore
import Foundation
import Logging
import ProgramSupport
import Wire

@main
struct GroveBroker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grove-broker",
        abstract: "Keeps the jobs, datasets and models of Grove and gives jobs to workers.",
        discussion: """
            Prints "ready" and its endpoint on standard output when it serves; logs go to standard error. SIGTERM, \
            Ctrl-C and the end of the terminal stop it: jobs that run go on at their workers, which come back when the broker does. Exit code 0 after \
            such a stop, 1 when it could not start or go on.
            """,
        version: BrokerSettings().software)

    enum LogFormat: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Option(help: "The folder that holds everything; made when it is not there.") var data = "grove-data"
    @Flag(help: "Once, where the database is lost: move the old files aside and begin with nothing.")
    var startEmpty = false
    @Option(help: "The folder that backups are made in (default: backups, inside --data).") var backups: String?
    @Option(help: "Where to listen; port 0 takes a free one.") var bind = "tcp://127.0.0.1:7741"
    @Option(help: "How long a job stays with a worker that is not heard.") var leaseSeconds = 15.0
    @Option(
        help: ArgumentHelp(
            "At most so many jobs at a time; may be given often: user=2 (each user), user:ann=4, kind:train-tree=1, "
                + "model:mnist=1.", valueName: "what=number"))
    var cap: [String] = []
    @Option(help: "For each so many minutes that it waits, a job counts as one priority higher; 0 for never.")
    var ageingMinutes = 30.0
    @Option(help: "Minutes that the steps of a job may stand still before another worker gets it.")
    var noProgressMinutes = 30.0
    @Option(help: "Remove the results of jobs so many days after their end (default: never).")
    var resultsDays: Double?
    @Option(help: "Refuse inputs when all files together have so many GiB (default: when the disk is nearly full).")
    var quotaGib: Double?
    @Option(help: "How log lines are written.") var logFormat = LogFormat.text
    @Flag(help: "Let anybody who can reach the port use the broker: there are no keys yet.")
    var allowUnauthenticatedNetwork = false

    @Flag(help: "Stop, as SIGTERM does, when standard input ends: for whoever starts this and may be killed.")
    var stopOnEof = false

    mutating func validate() throws {
        guard !data.isEmpty else { throw ValidationError("--data takes a folder, not an empty text.") }
        guard (0.2...3600).contains(leaseSeconds) else {
            throw ValidationError("--lease-seconds takes a number from 0.2 to 3600.")
        }
        guard (0...525_600).contains(ageingMinutes) else {
            throw ValidationError("--ageing-minutes takes a number from 0 to 525600, a year.")
        }
        guard (0.05...525_600).contains(noProgressMinutes) else {
            throw ValidationError("--no-progress-minutes takes a number from 0.05 to 525600, a year.")
        }
        guard !data.isEmpty, backups != "" else {
            throw ValidationError("--data and --backups take the name of a folder.")
        }
        guard !bind.isEmpty else { throw ValidationError("--bind takes an address, such as tcp://127.0.0.1:7741.") }
        _ = try caps()
        if let resultsDays, !(0.001...100_000).contains(resultsDays) {
            throw ValidationError("--results-days takes a number from 0.001 to 100000.")
        }
        if let quotaGib, !(0.001...1_000_000).contains(quotaGib) {
            throw ValidationError("--quota-gib takes a number from 0.001 to 1000000.")
        }
        // ZeroMQ knows a free port as *.
        if bind.hasPrefix("tcp://"), bind.hasSuffix(":0") { bind = bind.dropLast() + "*" }
    }

    private func caps() throws -> Caps {
        var caps = Caps()
        do throws(RPCError) {
            for text in cap { try caps.add(text) }
        } catch {
            throw ValidationError("--cap: \(error.message).")
        }
        return caps
    }

    func run() async throws {
        // What the broker makes is its owner's only, sockets too.
        umask(S_IRWXG | S_IRWXO)
        StandardStreams.reserveMissing()
        StandardStreams.outliveReaders()
        let format = logFormat
        LoggingSystem.bootstrap { label in
            switch format {
            case .text: StreamLogHandler.standardError(label: label)
            case .json:
                // A line that cannot be written is lost, and the broker goes on.
                JSONLogHandler(label: label) { _ = StandardStreams.write($0 + "\n", to: STDERR_FILENO) }
            }
        }
        let log = Logger(label: "grove-broker")
        var settings = BrokerSettings()
        settings.lease = .milliseconds(Int64(leaseSeconds * 1000))
        settings.noProgress = .milliseconds(Int64(noProgressMinutes * 60_000))
        settings.ageing = .milliseconds(Int64(ageingMinutes * 60_000))
        settings.caps = try caps()
        settings.resultsTimeToLive = resultsDays.map { .seconds($0 * 24 * 3600) }
        settings.quotaBytes = quotaGib.map { Int64($0 * Double(1 << 30)) }
        settings.backups = URL(fileURLWithPath: backups ?? data + "/backups").path
        // A worker must notice a broker that was restarted, and be heard again, within the lease.
        settings.heartbeatInterval = min(settings.heartbeatInterval, settings.lease / 4)
        settings.heartbeatTimeout = settings.heartbeatInterval * 3
        let requests: StopRequests
        let server: BrokerServer
        do {
            requests = try await StopRequests(watchesInput: stopOnEof)
            server = try BrokerServer(
                directory: data, endpoint: bind, settings: settings, allowsNetwork: allowUnauthenticatedNetwork,
                startsEmpty: startEmpty, log: log)
        } catch {
            log.critical("cannot start: \(error)")
            throw ExitCode.failure
        }
        // At once, also into a pipe: whoever started the broker waits for this line. Where it cannot be written, nobody does.
        _ = StandardStreams.write("ready \(server.endpoint)\n", to: 1)
        let waiting = Task.detached { await requests.forEach { _ in server.stop() } }
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
