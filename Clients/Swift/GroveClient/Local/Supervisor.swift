import Calls
import Wire

/// Keeps a broker and its workers going, as a state machine: what happened and when goes in, what to do comes out.
///
/// The broker comes first, workers once it is ready. A worker that ends is started again after a pause, which grows
/// while it keeps failing; one that says itself that it cannot start is given up after half a minute, which is time for
/// one of an earlier run to end. When the broker ends, or somebody wants to stop, the workers are stopped first, while there
/// is a broker to take what they have; then the broker.
package struct Supervisor: Sendable {
    package enum Member: Hashable, Comparable, Sendable, CustomStringConvertible {
        case broker
        /// Counted from 1.
        case worker(Int)

        package var description: String {
            switch self {
            case .broker: "broker"
            case .worker(let number): "worker-\(number)"
            }
        }
    }

    package enum Action: Hashable, Sendable {
        case start(Member)
        /// SIGTERM.
        case stop(Member)
        /// SIGKILL.
        case kill(Member)
        /// The broker and all workers run.
        case ready(endpoint: String)
        case say(String)
        /// All have ended.
        case finish(CommandStatus)
    }

    private enum Phase: Sendable {
        case starting(until: Duration)
        case running
        case stoppingWorkers(killAt: Duration)
        case stoppingBroker(killAt: Duration)
        case finished
    }

    private let workers: Int
    private let graces: (start: Duration, workers: Duration, broker: Duration)
    private var phase = Phase.finished
    private var running: Set<Member> = []
    private var startedAt: [Member: Duration] = [:]
    private var restartAt: [Member: Duration] = [:]
    private var failures: [Member: Int] = [:]
    /// How often in a row a member could not start.
    private var refusals: [Member: Int] = [:]
    private var backoff = Backoff(first: .seconds(1), longest: .seconds(30), seed: 0)
    private var status = CommandStatus.success
    /// Where the broker listens; empty until it is ready.
    package private(set) var endpoint = ""

    /// - Parameters:
    ///   - startGrace: in which the broker must be ready.
    ///   - workerGrace: in which workers must have saved themselves after SIGTERM.
    ///   - brokerGrace: the same for the broker.
    package init(
        workers: Int, startGrace: Duration = .seconds(60), workerGrace: Duration = .seconds(30),
        brokerGrace: Duration = .seconds(10)
    ) {
        self.workers = workers
        graces = (startGrace, workerGrace, brokerGrace)
    }

    package mutating func begin(now: Duration) -> [Action] {
        phase = .starting(until: now + graces.start)
        return start(.broker, now: now)
    }

    /// The broker's line `ready tcp://…`.
    package mutating func brokerIsReady(at endpoint: String, now: Duration) -> [Action] {
        guard case .starting = phase else { return [] }
        phase = .running
        self.endpoint = endpoint
        var actions: [Action] = []
        for number in 0..<workers { actions += start(.worker(number + 1), now: now) }
        return actions + [.ready(endpoint: endpoint)]
    }

    /// A member has ended, or could not be started.
    package mutating func ended(_ member: Member, _ end: ChildProcess.End, now: Duration) -> [Action] {
        running.remove(member)
        switch phase {
        case .finished: return []
        case .starting, .running:
            guard member != .broker else {
                status = .failure
                return [.say("the broker \(end); stopping")] + stopWorkers(now: now)
            }
            return restartOrGiveUp(member, end, now: now)
        case .stoppingWorkers: return workersLeft ? [] : stopBroker(now: now)
        case .stoppingBroker: return member == .broker ? finish() : []
        }
    }

    /// Somebody wants all to end. Said twice, workers are told again, which makes them end without saving; said three
    /// times, all are killed.
    package mutating func stop(now: Duration) -> [Action] {
        switch phase {
        case .finished: return []
        case .starting, .running: return stopWorkers(now: now)
        case .stoppingWorkers(let killAt) where killAt > now + graces.workers / 2:
            phase = .stoppingWorkers(killAt: now + graces.workers / 2)
            return [.say("stopping without waiting for running jobs")] + runningWorkers.map { .stop($0) }
        case .stoppingWorkers, .stoppingBroker: return running.sorted().map { .kill($0) }
        }
    }

    /// To be called now and then: pauses end and patience runs out.
    package mutating func tick(now: Duration) -> [Action] {
        switch phase {
        case .starting(let until) where until <= now:
            status = .failure
            return [.say("the broker was not ready within \(graces.start); stopping")] + stopWorkers(now: now)
        case .running:
            let due = restartAt.filter { $0.value <= now }.keys.sorted()
            return due.flatMap { member in
                restartAt[member] = nil
                return start(member, now: now)
            }
        case .stoppingWorkers(let killAt) where killAt <= now:
            phase = .stoppingWorkers(killAt: now + .seconds(1))
            return [.say("workers did not stop in time and are killed")] + runningWorkers.map { .kill($0) }
        case .stoppingBroker(let killAt) where killAt <= now:
            phase = .stoppingBroker(killAt: now + .seconds(1))
            return [.say("the broker did not stop in time and is killed"), .kill(.broker)]
        case .starting, .stoppingWorkers, .stoppingBroker, .finished: return []
        }
    }
}

extension Supervisor {
    private var runningWorkers: [Member] { running.filter { $0 != .broker }.sorted() }

    private var workersLeft: Bool { running.contains { $0 != .broker } }

    private mutating func start(_ member: Member, now: Duration) -> [Action] {
        running.insert(member)
        startedAt[member] = now
        return [.start(member)]
    }

    private mutating func restartOrGiveUp(_ member: Member, _ end: ChildProcess.End, now: Duration) -> [Action] {
        refusals[member] = end.meansCannotStart ? (refusals[member] ?? 0) + 1 : 0
        guard refusals[member] == Self.mostRefusals else { return [.say(restart(member, end, now: now))] }
        let hasOthers = workersLeft || !restartAt.isEmpty
        let advice = "mend what it says above, then stop 'grove up' and start it again"
        guard !hasOthers else { return [.say("\(member) cannot start and is given up; \(advice)")] }
        status = .failure
        return [.say("no worker can start; mend what \(member) says above, then start 'grove up' again")]
            + stopWorkers(now: now)
    }

    /// With the pauses between them some thirty seconds.
    private static let mostRefusals = 6

    private mutating func restart(_ member: Member, _ end: ChildProcess.End, now: Duration) -> String {
        // One that ran for a while starts with a short pause again.
        let wasStable = startedAt[member].map { now - $0 > .seconds(60) } ?? false
        let count = wasStable ? 1 : (failures[member] ?? 0) + 1
        failures[member] = count
        let pause = backoff.pause(afterFailure: count)
        restartAt[member] = now + pause
        return "\(member) \(end); starting it again in \(Format.fixed(pause / .seconds(1), 0)) s"
    }

    private mutating func stopWorkers(now: Duration) -> [Action] {
        restartAt = [:]
        guard workersLeft else { return stopBroker(now: now) }
        phase = .stoppingWorkers(killAt: now + graces.workers)
        return runningWorkers.map { .stop($0) }
    }

    private mutating func stopBroker(now: Duration) -> [Action] {
        guard running.contains(.broker) else { return finish() }
        phase = .stoppingBroker(killAt: now + graces.broker)
        return [.stop(.broker)]
    }

    private mutating func finish() -> [Action] {
        phase = .finished
        return [.finish(status)]
    }
}

extension ChildProcess.End {
    /// Whether the program could not begin its work, which another start will not change by itself.
    fileprivate var meansCannotStart: Bool {
        switch self {
        case .exited(let code): code == WorkerExit.cannotStart.rawValue
        case .killed: false
        case .neverBegan: true
        }
    }
}
