import JobStore
import Wire

/// Who runs what and until when. The store knows the holders; the ends of the leases, on the monotonic clock, and the
/// progress are known here only.
struct LeaseTable: Sendable {
    struct Lease: Sendable {
        let attempt: AttemptKey
        let slot: Int
        let worker: String
        var deadline: Duration
        var isCancelRequested: Bool
        /// The `Work/Take` that was answered with it, by the same start of the same worker; `nil` after a restart.
        var take: Take?
        var progress: Grove_V1_Progress?
    }

    /// Names a call over reconnections.
    struct Take: Hashable, Sendable {
        let incarnation: [UInt8]
        let callID: CallID
    }

    private var leases: [String: Lease] = [:]

    /// The lease of the job, whichever attempt holds it.
    subscript(jobID: String) -> Lease? { leases[jobID] }

    /// The lease of the attempt, if that still is the one that counts.
    subscript(attempt: AttemptKey) -> Lease? {
        leases[attempt.jobID].flatMap { $0.attempt == attempt ? $0 : nil }
    }

    var all: some Collection<Lease> { leases.values }

    /// What the store says after a restart: every holder gets a whole lease.
    mutating func adopt(_ records: [LeaseRecord], until deadline: Duration) {
        for record in records {
            leases[record.attempt.jobID] = Lease(
                attempt: record.attempt, slot: record.slot, worker: record.worker, deadline: deadline,
                isCancelRequested: record.isCancelRequested)
        }
    }

    mutating func grant(_ claim: Claim, worker: String, take: Take, until deadline: Duration) {
        leases[claim.attempt.jobID] = Lease(
            attempt: claim.attempt, slot: claim.slot, worker: worker, deadline: deadline, isCancelRequested: false,
            take: take)
    }

    /// - Returns: the lease afterwards; `nil` when the attempt does not hold the job.
    mutating func renew(_ attempt: AttemptKey, progress: Grove_V1_Progress?, until deadline: Duration) -> Lease? {
        guard var lease = self[attempt] else { return nil }
        lease.deadline = deadline
        if let progress { lease.progress = progress }
        leases[attempt.jobID] = lease
        return lease
    }

    mutating func requestCancel(_ jobID: String) {
        leases[jobID]?.isCancelRequested = true
    }

    mutating func end(_ jobID: String) {
        leases[jobID] = nil
    }

    /// The attempt that a repeated `Work/Take` was answered with.
    func granted(to take: Take) -> Lease? {
        leases.values.first { $0.take == take }
    }

    func overdue(now: Duration) -> [AttemptKey] {
        leases.values.filter { $0.deadline <= now }.map(\.attempt).sorted { $0.jobID < $1.jobID }
    }

    var nextDeadline: Duration? { leases.values.map(\.deadline).min() }
}
