import Calls
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A broker and workers on this machine, kept going by a `Supervisor` until stopped.
package final class LocalGrove: Sendable {
    package struct Plan: Sendable {
        /// The directory of grove-broker and grove-worker.
        package var programs: String
        /// Everything that is kept.
        package var data: String
        package var bind: String
        package var workers: Int
        package var threads: Int
        /// What training takes of a worker's time while interactive jobs run there.
        package var trainingShare: Double

        package init(
            programs: String, data: String, bind: String, workers: Int, threads: Int, trainingShare: Double = 0.2
        ) {
            (self.programs, self.data, self.bind) = (programs, data, bind)
            (self.workers, self.threads, self.trainingShare) = (workers, threads, trainingShare)
        }
    }

    /// What is told to the one who runs it.
    package enum News: Sendable {
        /// A line that a member wrote.
        case line(Supervisor.Member, String)
        case say(String)
        case ready(endpoint: String)
    }

    private enum Event: Sendable {
        case line(Supervisor.Member, ChildProcess.Output, String)
        case ended(Supervisor.Member, ChildProcess.End)
        case prepared(endpoint: String)
        case stop
        case tick
    }

    /// Workers stop first, also when this process is killed: they hold the broker's lifeline, so that there is a broker
    /// to take what they have.
    private struct Lifelines: Sendable {
        let broker: Lifeline
        let workers: Lifeline

        init() throws(FileError) { (broker, workers) = (try Lifeline(), try Lifeline()) }
    }

    private let plan: Plan
    private let events: AsyncStream<Event>
    private let post: AsyncStream<Event>.Continuation
    /// Also before there is anything that could be told.
    private let isStopping = Mutex(false)

    package init(_ plan: Plan) {
        self.plan = plan
        (events, post) = AsyncStream.makeStream()
    }

    /// Asks all to end; for any thread, as often as wanted (see `Supervisor.stop`).
    package func stop() {
        isStopping.withLock { $0 = true }
        post.yield(.stop)
    }

    /// Runs until all have ended.
    ///
    /// - Parameters:
    ///   - prepare: what is done with the broker and the workers before they are said to be ready.
    ///   - tell: told what happens.
    /// - Throws: `FileError` when the system gives no pipes; `CancellationError`.
    package func run(
        preparing prepare: @escaping @Sendable (_ endpoint: String) async -> Void = { _ in },
        _ tell: @Sendable (News) -> Void
    ) async throws -> CommandStatus {
        let earlier = EarlierRun(broker: plan.data + "/broker")
        try await earlier.waitUntilEnded(while: { !isStopping.withLock { $0 } }) { tell(.say($0)) }
        if isStopping.withLock({ $0 }) { return .success }
        let lifelines = try Lifelines()
        let clock = ContinuousClock()
        let start = clock.now
        var supervisor = Supervisor(workers: plan.workers)
        var children: [Supervisor.Member: ChildProcess] = [:]
        var pending = supervisor.begin(now: .zero)
        // The one timer: it only knocks, the machine knows the time.
        let timer = Task { [post] in
            while !Task.isCancelled {
                do {
                    try await Task.sleep(for: .milliseconds(200))
                } catch {
                    return
                }
                post.yield(.tick)
            }
        }
        defer { timer.cancel() }
        var preparation: Task<Void, Never>?
        defer { preparation?.cancel() }
        var iterator = events.makeAsyncIterator()
        while true {
            for action in pending {
                switch action {
                case .start(let member):
                    children[member] = begin(member, lifelines, endpoint: supervisor.endpoint, tell)
                case .stop(let member): children[member]?.signal(SIGTERM)
                case .kill(let member): children[member]?.signal(SIGKILL)
                case .ready(let endpoint):
                    preparation = Task { [post] in
                        await prepare(endpoint)
                        post.yield(.prepared(endpoint: endpoint))
                    }
                case .say(let text): tell(.say(text))
                case .finish(let status): return status
                }
            }
            guard let event = await iterator.next() else { return .failure }
            let now = start.duration(to: clock.now)
            switch event {
            case .line(.broker, .standard, let text) where text.hasPrefix("ready "):
                pending = supervisor.brokerIsReady(at: String(text.dropFirst("ready ".count)), now: now)
            case .line(let member, _, let text):
                tell(.line(member, text))
                pending = []
            case .ended(let member, let how):
                children[member] = nil
                pending = supervisor.ended(member, how, now: now)
            case .prepared(let endpoint):
                if preparation?.isCancelled == false { tell(.ready(endpoint: endpoint)) }
                pending = []
            case .stop:
                preparation?.cancel()
                pending = supervisor.stop(now: now)
            case .tick: pending = supervisor.tick(now: now)
            }
        }
    }

    /// A member that cannot be started has ended.
    private func begin(
        _ member: Supervisor.Member, _ lifelines: Lifelines, endpoint: String, _ tell: (News) -> Void
    ) -> ChildProcess? {
        let (program, arguments) = command(member, endpoint: endpoint)
        do {
            return try ChildProcess(
                plan.programs + "/" + program, arguments + ["--stop-on-eof"],
                lifeline: member == .broker ? lifelines.broker : lifelines.workers,
                holding: member == .broker ? nil : lifelines.broker
            ) { [post] output, text in
                post.yield(.line(member, output, text))
            } onEnd: { [post] end in
                post.yield(.ended(member, end))
            }
        } catch {
            tell(.say(sentence(error)))
            post.yield(.ended(member, .neverBegan))
            return nil
        }
    }

    private func command(_ member: Supervisor.Member, endpoint: String) -> (program: String, arguments: [String]) {
        switch member {
        case .broker: ("grove-broker", ["--data", plan.data + "/broker", "--bind", plan.bind])
        case .worker:
            (
                "grove-worker",
                [
                    "--broker", endpoint, "--state", plan.data + "/\(member)", "--name", "\(member)",
                    "--threads", String(plan.threads), "--interactive-slots", "1", "--training-slots", "1",
                    "--training-share", String(plan.trainingShare),
                ]
            )
        }
    }
}
