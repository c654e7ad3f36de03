import JobStore
import Wire

/// Chooses the lane from which a worker gets its next job. Pure: what waits, what runs and the time go in.
///
/// Higher priority goes first, and who waits gains priority with time. Inside a priority the users take turns. Of a
/// user's jobs, those for a model that the worker has loaded may overtake others, for a bounded time; otherwise the
/// oldest goes first.
struct Scheduler: Sendable {
    let caps: Caps
    /// For each so long that a job waits it counts as one priority higher; zero for never.
    let ageing: Duration
    /// How long a job may be overtaken by younger ones for whose model no worker needs to load anything.
    let patience: Duration
    /// How long a job under which workers died waits for a worker that has nothing else to do.
    let solitude: Duration

    static let highestPriority = 9

    /// A worker with a free slot.
    struct Candidate: Sendable {
        let worker: String
        let slot: Int
        let loaded: Set<String>
    }

    /// A limit that is reached: whose, and how many may run.
    enum Obstacle: Hashable, Sendable {
        case user(String, Int)
        case kind(String, Int)
        case model(String, Int)
        case array(Int)
    }

    /// - Returns: `nil` when nothing may be given to the worker now.
    func choose(
        for candidate: Candidate, from lanes: LaneTable, running: RunningCounts, turns: UserTurns, nowMS: Int64
    ) -> LaneTable.Lane? {
        let open = lanes.lanes(slot: candidate.slot).filter {
            obstacle($0.key, running) == nil && fits($0, candidate, running, nowMS)
        }
        guard let level = open.map({ level($0, nowMS: nowMS) }).max() else { return nil }
        let highest = open.filter { self.level($0, nowMS: nowMS) == level }
        guard let first = highest.min(by: { turn($0, turns) < turn($1, turns) }) else { return nil }
        let mine = highest.filter { $0.key.user == first.key.user }
        // `first` is the user's oldest, by the order of turns.
        guard nowMS.subtractingClamped(first.head.readyMS) < patience.milliseconds else { return first }
        return mine.filter { candidate.loaded.contains($0.key.model) }.min { $0.head.job < $1.head.job } ?? first
    }

    /// The priority that the head of a lane has by now.
    func level(_ lane: LaneTable.Lane, nowMS: Int64) -> Int {
        level(lane.key.priority, readyMS: lane.head.readyMS, nowMS: nowMS)
    }

    func level(_ priority: Int, readyMS: Int64, nowMS: Int64) -> Int {
        guard ageing > .zero else { return priority }
        let gained = max(0, nowMS.subtractingClamped(readyMS)) / max(1, ageing.milliseconds)
        return min(Self.highestPriority, priority + Int(min(gained, Int64(Self.highestPriority))))
    }

    /// Which limit a lane meets, whichever worker asks.
    func obstacle(_ lane: LaneKey, _ running: RunningCounts) -> Obstacle? {
        if let cap = caps.user(lane.user), running.users[lane.user, default: 0] >= cap { return .user(lane.user, cap) }
        if let cap = caps.kinds[lane.kind], running.kinds[lane.kind, default: 0] >= cap { return .kind(lane.kind, cap) }
        if let cap = caps.models[lane.modelName], running.models[lane.modelName, default: 0] >= cap {
            return .model(lane.modelName, cap)
        }
        if lane.arrayLimit > 0, running.arrays[lane.array, default: 0] >= lane.arrayLimit {
            return .array(lane.arrayLimit)
        }
        return nil
    }

    /// A job under which workers died gets a worker of its own, so that it cannot take others with it once more. Where
    /// no worker is ever without work it would wait for ever: after a time it begins beside what runs, and nothing joins.
    private func fits(
        _ lane: LaneTable.Lane, _ candidate: Candidate, _ running: RunningCounts, _ nowMS: Int64
    ) -> Bool {
        guard !running.occupied.contains(candidate.worker) else { return false }
        guard lane.key.isAlone, running.workers[candidate.worker, default: 0] > 0 else { return true }
        return nowMS.subtractingClamped(lane.head.readyMS) >= solitude.milliseconds
    }

    /// Whose turn it is: who was served longest ago, then the oldest job.
    private func turn(_ lane: LaneTable.Lane, _ turns: UserTurns) -> (UInt64, Int64) {
        (turns.last(lane.key.user, slot: lane.key.slot), lane.head.job)
    }
}
