import JobStore
import Wire

/// Why a job waits, how many go first, and how long that may take.
struct WaitingView {
    let context: ServiceContext
    let job: JobRecord
    let state: BrokerState

    /// The user's own jobs before one are counted up to here; beyond, lanes count whole.
    private static let countedJobs = 1000

    private var slot: Grove_V1_SlotKind { Grove_V1_SlotKind(rawValue: job.slot) ?? .unspecified }

    func describe(_ message: inout Grove_V1_Job) throws {
        let placement = Placement(job, message.terms, nowMS: context.now.wallMS, context.settings.localTime)
        switch placement.place {
        case .afterParents:
            (message.waitingCode, message.waitingReason) = (.parents, try parents())
        case .later(let until, let code):
            (message.waitingCode, message.waitsUntilMs) = (code, until)
            message.waitingReason = hour(code, message.terms)
        case .ready, .expired:
            guard let lane = state.queue.lanes.lane(job.lane, slot: job.slot) else {
                (message.waitingCode, message.waitingReason) = (.turn, "it has just been queued")
                return
            }
            let position = try position(in: lane)
            message.position = UInt32(clamping: position)
            (message.waitingCode, message.waitingReason) = obstacle(lane.key) ?? turn(position)
            if let seconds = estimate(position) { message.secondsUntilStart = seconds }
        }
    }

    private func parents() throws -> String {
        let open = try context.batch.parents(of: job).filter { !$0.state.isTerminal }.map(\.id)
        let more = open.count > 1 ? " and \(open.count - 1) more" : ""
        return "comes after job \(open.first ?? "that has just ended")\(more)"
    }

    private func hour(_ code: Grove_V1_WaitingCode, _ terms: Grove_V1_Terms) -> String {
        switch code {
        case .window: "its window opens at \(DayWindow(terms)?.openingText ?? "any time")"
        case .backoff: "pauses after a failed attempt"
        default: "is not to begin before its time"
        }
    }

    /// What stands in the way whatever its turn.
    private func obstacle(_ lane: LaneKey) -> (Grove_V1_WaitingCode, String)? {
        guard state.queue.gates[""] != .paused else {
            return (.paused, "the queue is paused; 'grove resume' ends that")
        }
        guard state.sessions.slots(slot) > 0 else {
            return (.worker, "no worker with a slot for \(slot.name) jobs is connected")
        }
        guard state.sessions.slots(slot, where: { state.queue.isOpen(for: $0) }) > 0 else {
            return (.paused, "all workers with a slot for \(slot.name) jobs are paused or drained")
        }
        switch context.settings.scheduler.obstacle(lane, RunningCounts(state.leases.all)) {
        case .user(let name, let cap):
            return (.cap, "\(Self.atMost(cap)) of \(name.isEmpty ? "users without a name" : name) may run at a time")
        case .kind(let name, let cap): return (.cap, "\(Self.atMost(cap)) of the kind \(name) may run at a time")
        case .model(let name, let cap): return (.cap, "\(Self.atMost(cap)) of the model \(name) may run at a time")
        case .array(let cap): return (.cap, "\(Self.atMost(cap)) of its array may run at a time")
        case nil: break
        }
        guard lane.isAlone else { return nil }
        return (
            .alone, "\(job.losses) workers died under it: it waits some minutes for one that has nothing else to do"
        )
    }

    private static func atMost(_ count: Int) -> String { count == 1 ? "one job" : "\(count) jobs" }

    private func turn(_ position: Int) -> (Grove_V1_WaitingCode, String) {
        switch position {
        case 0: (.slots, "next; all \(slot.name) slots are taken")
        case 1: (.turn, "one job goes first")
        default: (.turn, "\(position) jobs go first")
        }
    }

    // MARK: Position

    /// How many jobs go first, if nothing else comes: all of a higher priority, the older ones of the same user, and of
    /// other users, who take turns with this one, as many each as this user's.
    private func position(in lane: LaneTable.Lane) throws -> Int {
        let scheduler = context.settings.scheduler
        let now = context.now.wallMS
        let mine = scheduler.level(lane, nowMS: now)
        let lanes = state.queue.lanes.lanes(slot: job.slot)
        var higher = 0
        var (own, mineOldest) = (0, lane.head.job)
        var others: [String: [LaneTable.Lane]] = [:]
        for other in lanes {
            let level = scheduler.level(other, nowMS: now)
            if level > mine {
                higher += other.waiting
            } else if level == mine, other.key.user == lane.key.user {
                own += try older(in: other, countingTo: max(0, Self.countedJobs - own))
                mineOldest = min(mineOldest, other.head.job)
            } else if level == mine {
                others[other.key.user, default: []].append(other)
            }
        }
        return higher + own
            + others.reduce(0) { sum, other in
                sum + min(other.value.reduce(0) { $0 + $1.waiting }, turns(of: other.key, other.value, own, mineOldest))
            }
    }

    private func older(in lane: LaneTable.Lane, countingTo limit: Int) throws -> Int {
        guard lane.head.job < job.number else { return 0 }
        guard limit > 0 else { return lane.waiting }
        let counted = try context.batch.waiting(in: lane.number, before: job.number, limit: limit)
        return counted < limit ? counted : max(counted, lane.waiting - 1)
    }

    /// How often another user is served before this job.
    private func turns(of user: String, _ lanes: [LaneTable.Lane], _ own: Int, _ mineOldest: Int64) -> Int {
        let (theirs, ours) = (
            state.queue.turns.last(user, slot: job.slot), state.queue.turns.last(job.user, slot: job.slot)
        )
        let oldest = lanes.map(\.head.job).min() ?? .max
        return own + ((theirs, oldest) < (ours, mineOldest) ? 1 : 0)
    }

    /// In seconds, from how long jobs of this kind have taken.
    private func estimate(_ position: Int) -> Double? {
        let slots = state.sessions.slots(slot)
        guard slots > 0, let each = state.queue.runTimes[job.kind] else { return nil }
        return Double(position + 1) * each / Double(slots)
    }
}
