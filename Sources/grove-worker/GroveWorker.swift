import ArgumentParser
import Foundation
import Logging
import Neural
import ProgramSupport
import Wire
import WorkerCore

@main
struct GroveWorker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grove-worker",
        abstract: "Takes jobs from a Grove broker and runs them.",
        discussion: """
            Add workers on as many machines as there are; each takes what it has slots for. SIGTERM, Ctrl-C and the end of \
            the terminal let running jobs save themselves and give them back; a second SIGTERM ends the process at once. \
            Exit code 0 after a clean stop, 1 when something could not be delivered (it is kept in the state folder and \
            delivered at the next start), 2 after a second SIGTERM, 3 when the step of a job hung: then it should be \
            started again, 4 when it could not start, as when another worker uses the state folder.
            """,
        version: Software.version)

    @Option(help: "The broker's endpoint (default: $GROVE_BROKER, else \(BrokerEndpoint.standard)).") var broker:
        String?
    @Option(help: "The folder for the cache and for undelivered outcomes.") var state = "grove-worker"
    @Option(help: "A name that stays the same over restarts.") var name = ProcessInfo.processInfo.hostName
    @Option(help: "Cores that one job may use.") var threads = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "Sampling and other short jobs at a time.") var interactiveSlots = 1
    @Option(help: "Training jobs at a time.") var trainingSlots = 1
    @Option(help: "What training takes of the time while interactive jobs run here, 0.05 to 1.") var trainingShare = 0.2

    @Flag(help: "Stop, as SIGTERM does, when standard input ends: for whoever starts this and may be killed.")
    var stopOnEof = false

    mutating func validate() throws {
        guard !state.isEmpty else { throw ValidationError("--state takes a folder, not an empty text.") }
        guard (1...256).contains(threads) else { throw ValidationError("--threads takes a number from 1 to 256.") }
        guard (0...16).contains(interactiveSlots), (0...16).contains(trainingSlots),
            interactiveSlots + trainingSlots > 0
        else {
            throw ValidationError("--interactive-slots and --training-slots take 0 to 16, and not both 0.")
        }
        guard Precedence.shares.contains(trainingShare) else {
            throw ValidationError("--training-share takes 0.05 to 1, not \(trainingShare).")
        }
    }

    func run() async throws {
        StandardStreams.reserveMissing()
        StandardStreams.outliveReaders()
        var log = Logger(label: "grove-worker")
        log[metadataKey: "worker"] = "\(name)"
        let broker = BrokerEndpoint.chosen(option: broker, environment: ProcessInfo.processInfo.environment)
        log.info(
            "starting",
            metadata: ["processor": "\(Processor.description)", "threads": "\(threads)", "broker": "\(broker)"])
        if let advice = Processor.advice { log.notice("\(advice)") }
        do {
            try await serve(broker, log)
        } catch {
            log.critical("cannot start: \(error)")
            Self.end(.cannotStart)
        }
    }

    /// Never returns unless it could not start.
    private func serve(_ broker: String, _ log: Logger) async throws {
        var configuration = WorkerConfiguration(
            broker: broker, state: URL(fileURLWithPath: state), name: name, threads: threads,
            interactiveSlots: interactiveSlots, trainingSlots: trainingSlots)
        configuration.trainingShare = trainingShare
        // First, so that no request to stop is missed.
        let requests = try await StopRequests(watchesInput: stopOnEof)
        let lock = try StateFolderLock(configuration.state)
        let link = try CallsBrokerLink(configuration, log: log)
        let worker = try Worker(configuration, lock: lock, link: link, log: log) { [log] attempt in
            // Nothing else gives a thread back that does not return. Who watches over this process starts it again, and
            // the broker gives its other jobs to others, at no cost to them.
            log.critical(
                "a step of the job hangs although the job was taken away: ending this process",
                metadata: ["job": "\(attempt.id.jobID)"])
            Self.end(.hungStep)
        }
        try await offPool { try worker.start() }
        await requests.forEach { isFirst in
            guard isFirst else { Self.end(.atOnce) }
            log.info("stopping: jobs save themselves and are given back")
            // A thread, so that a second signal is still heard while jobs save themselves.
            Thread.detachNewThread {
                let isClean = worker.stop()
                link.close()
                Self.end(isClean ? .clean : .undelivered)
            }
        }
    }

    private static func end(_ code: WorkerExit) -> Never { Foundation.exit(code.rawValue) }
}

/// Runs blocking work on a thread of its own: the cooperative pool must never wait.
private func offPool<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
            continuation.resume(with: Swift.Result { try work() })
        }
    }
}
