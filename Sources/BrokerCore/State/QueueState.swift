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
    /// When the next waiting job is to be looked at.
    private var timerMS: Int64?
    /// How long to sleep for it, on the monotonic clock.
    private(set) var timer: Duration?
    /// What the wall clock showed when it was last looked at. Before the first time it may have been anything, and the time
    /// zone another.
    private var lastMS = Int64.max
    /// When workers are next asked whether their connection is still there.
    var nextProbe = Duration.zero

    /// Somebody may set the wall clock, so it is looked at again after so long at the latest.
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
        if changes.timers || isTimerDue(now) { setTimer(try batch.nextTimer(), now: now) }
    }

    /// Looks at the wall clock.
    /// - Returns: whether it has been set back: jobs that could begin may have to wait for their hour again, and no timer
    ///   tells.
    mutating func noticeSetBack(_ now: Now) -> Bool {
        defer { lastMS = now.wallMS }
        return now.wallMS < lastMS
    }

    /// Whether a waiting job may not belong any more where it is: then it must be looked at before anything is given out.
    /// Timers are instants of the wall clock, which can be set, and goes on while the machine sleeps.
    func isTimerDue(_ now: Now) -> Bool {
        (timerMS.map { $0 <= now.wallMS } ?? false) || (timer.map { $0 <= now.monotonic } ?? false)
    }

    private mutating func setTimer(_ wallMS: Int64?, now: Now) {
        timerMS = wallMS
        timer = wallMS.map { at in
            now.monotonic + min(.milliseconds(max(0, at.subtractingClamped(now.wallMS))), Self.longestSleep)
        }
    }
}
