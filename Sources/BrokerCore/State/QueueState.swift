import JobStore
import Wire

/// What is in memory of the queue: the heads of its lanes, and what the scheduler remembers.
struct QueueState: Sendable {
    var lanes = LaneTable()
    /// All jobs in the state WAITING, in a lane or not.
    var waiting = 0
    var turns = UserTurns()
    var runTimes = RunTimes()
    /// What is not open: the queue (""), and workers by their names.
    var gates: [String: Grove_V1_Gate] = [:]
    /// When the next waiting job is to be looked at, on the monotonic clock.
    private(set) var timer: Duration?
    /// When workers are next asked whether their connection is still there.
    var nextProbe = Duration.zero

    /// Timers are instants of the wall clock: asked again after so long, in case somebody sets it.
    private static let longestSleep = Duration.seconds(60)

    /// What the store says when the broker starts.
    init() {}

    init(_ batch: StoreTransaction, now: Now) throws {
        for lane in try batch.lanes() { lanes.set(lane.number, lane.key, waiting: lane.waiting, head: lane.head) }
        waiting = try batch.counts().waiting
        for job in try batch.recentRunTimes(limit: 200).reversed() {
            runTimes.add(job.kind, seconds: Double(job.ms) / 1000)
        }
        gates = try batch.gates().compactMapValues { Grove_V1_Gate(rawValue: $0) }
        setTimer(try batch.nextTimer(), now: now)
    }

    /// Whether the worker may be given a job.
    func isOpen(for worker: String) -> Bool { gates[""] != .paused && gates[worker] == nil }

    /// Follows what requests have done to the hot tables.
    mutating func follow(_ batch: StoreTransaction, now: Now) throws {
        let changes = batch.takeQueueChanges()
        waiting += changes.waiting
        for (number, growth) in changes.lanes {
            let known = lanes[number]
            lanes.set(
                number, try known?.key ?? batch.laneKey(number), waiting: (known?.waiting ?? 0) + growth,
                head: try batch.head(of: number))
        }
        if changes.timers || timer.map({ $0 <= now.monotonic }) ?? false {
            setTimer(try batch.nextTimer(), now: now)
        }
    }

    private mutating func setTimer(_ wallMS: Int64?, now: Now) {
        timer = wallMS.map { now.monotonic + min(.milliseconds(max(0, $0.subtracting(now.wallMS))), Self.longestSleep) }
    }
}
