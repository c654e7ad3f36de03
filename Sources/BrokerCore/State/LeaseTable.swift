import JobStore
import Wire

/// Who runs what and until when. The store knows the holders; the ends of the leases, on the monotonic clock, and the
/// progress are known here only.
struct LeaseTable: Sendable {
    struct Lease: Sendable {
        let attempt: AttemptKey
        let lane: LaneKey
        let worker: String
        /// The start of the worker that it was given to: nobody else may speak of the attempt.
        let incarnation: [UInt8]
        let limits: RunLimits
        /// Without a heartbeat until then, the worker counts as dead.
        var deadline: Duration
        let began: Duration
        /// When its progress last changed.
        var progressAt: Duration
        var isCancelRequested: Bool
        /// The `Work/Take` that was answered with it; `nil` after a restart.
        var take: CallID?
        var progress: Grove_V1_Progress?

        /// Why its worker loses it now, if it does.
        func loss(now: Duration) -> Loss? {
            if let end = limits.runtimeEnd, end <= now { return .tooLong }
            if deadline <= now { return .silent }
            return progressAt + limits.noProgress <= now ? .stalled : nil
        }

        /// When that must be asked again.
        var nextDeadline: Duration {
            min(deadline, progressAt + limits.noProgress, limits.runtimeEnd ?? deadline)
        }
    }

    /// Why a worker loses an attempt.
    enum Loss: Hashable, Sendable {
        /// It was not heard for a lease, or its connection is gone.
        case silent
        /// It is heard, but its steps stand still.
        case stalled
        /// The job was computed for as long as it may be.
        case tooLong
    }

    private var leases: [String: Lease] = [:]
    /// No lease ends sooner: until then workers may be on their way back to a broker that they thought dead. What they
    /// sent before they gave it up is read now and tells nothing of where they are.
    private var reunion = Duration.zero

    /// The lease of the job, whichever attempt holds it.
    subscript(jobID: String) -> Lease? { leases[jobID] }

    /// The lease of the attempt, if that still is the one that counts.
    subscript(attempt: AttemptKey) -> Lease? {
        leases[attempt.jobID].flatMap { $0.attempt == attempt ? $0 : nil }
    }

    /// The same, for a worker that says that the attempt is its own.
    subscript(attempt: AttemptKey, heldBy incarnation: [UInt8]) -> Lease? {
        self[attempt].flatMap { $0.incarnation == incarnation ? $0 : nil }
    }

    var all: some Collection<Lease> { leases.values }

    var isEmpty: Bool { leases.isEmpty }

    /// What the store says after a restart: every holder gets its time again.
    mutating func adopt(_ record: LeaseRecord, limits: RunLimits, until deadline: Duration, now: Now) {
        leases[record.attempt.jobID] = Lease(
            attempt: record.attempt, lane: record.lane, worker: record.worker, incarnation: record.incarnation,
            limits: limits, deadline: deadline,
            began: now.monotonic - .milliseconds(max(0, now.wallMS.subtractingClamped(record.startedMS))),
            progressAt: now.monotonic,
            isCancelRequested: record.isCancelRequested)
    }

    mutating func grant(
        _ claim: Claim, _ lane: LaneKey, to take: ParkedTakes.Take, limits: RunLimits, until deadline: Duration,
        now: Duration
    ) {
        leases[claim.attempt.jobID] = Lease(
            attempt: claim.attempt, lane: lane, worker: take.worker, incarnation: take.incarnation, limits: limits,
            deadline: deadline, began: now, progressAt: now, isCancelRequested: false, take: take.key.callID)
    }

    /// - Parameter progress: `nil` where the worker says nothing of it; then it is not judged either.
    /// - Returns: the lease afterwards; `nil` when the attempt does not hold the job, or is another worker's.
    mutating func renew(
        _ attempt: AttemptKey, heldBy incarnation: [UInt8], progress: Grove_V1_Progress?, until deadline: Duration,
        now: Duration
    ) -> Lease? {
        guard var lease = self[attempt, heldBy: incarnation] else { return nil }
        lease.deadline = max(deadline, reunion)
        if let progress {
            if lease.progress.map({ !$0.isAsFar(as: progress) }) ?? true { lease.progressAt = now }
            lease.progress = progress
        } else {
            lease.progressAt = now
        }
        leases[attempt.jobID] = lease
        return lease
    }

    /// The connection of a worker is gone: what it has is kept for it until `deadline` only, or it comes back before.
    /// What was adopted after a restart keeps its time.
    mutating func shorten(incarnation: [UInt8], to deadline: Duration) {
        for (id, lease) in leases where lease.incarnation == incarnation && lease.take != nil {
            leases[id]?.deadline = min(lease.deadline, max(deadline, reunion))
        }
    }

    /// A worker is back on another connection: what this very start of it had been given is its own.
    mutating func extend(incarnation: [UInt8], to deadline: Duration) {
        for (id, lease) in leases where lease.incarnation == incarnation {
            leases[id]?.deadline = max(lease.deadline, deadline)
        }
    }

    /// Gives everybody so much more time to be heard, and to get further.
    mutating func forgive(_ time: Duration, reunion: Duration?) {
        self.reunion = reunion ?? self.reunion
        for (id, lease) in leases {
            leases[id]?.deadline = max(lease.deadline + time, self.reunion)
            leases[id]?.progressAt += time
        }
    }

    mutating func requestCancel(_ jobID: String) {
        leases[jobID]?.isCancelRequested = true
    }

    mutating func end(_ jobID: String) {
        leases[jobID] = nil
    }

    /// The attempt that a repeated `Work/Take` was answered with.
    func granted(to take: CallID, of incarnation: [UInt8]) -> Lease? {
        leases.values.first { $0.take == take && $0.incarnation == incarnation }
    }

    func overdue(now: Duration) -> [(attempt: AttemptKey, loss: Loss)] {
        leases.values.compactMap { lease in lease.loss(now: now).map { (lease.attempt, $0) } }
            .sorted { $0.attempt.jobID < $1.attempt.jobID }
    }

    var nextDeadline: Duration? { leases.values.map(\.nextDeadline).min() }
}

extension Grove_V1_Progress {
    /// Whether nothing was done between the two.
    fileprivate func isAsFar(as other: Grove_V1_Progress) -> Bool {
        step == other.step && stage == other.stage && epoch == other.epoch && totalSteps == other.totalSteps
    }
}
