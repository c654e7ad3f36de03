/// Names one try at a job. The number fences it: of a job's attempts only the newest counts.
package struct AttemptKey: Hashable, Sendable {
    package let jobID: String
    package let number: Int

    package init(jobID: String, number: Int) {
        self.jobID = jobID
        self.number = number
    }
}

/// Who holds a running job. When the lease ends is not kept here: it is counted on a clock that does not outlive the
/// process, so after a restart every holder gets a whole one.
package struct LeaseRecord: Hashable, Sendable {
    package let attempt: AttemptKey
    package let lane: LaneKey
    package let worker: String
    /// The start of the worker.
    package let incarnation: [UInt8]
    package let isCancelRequested: Bool
    package let startedMS: Int64
    /// How long earlier attempts took, all together.
    package let ranMS: Int64
    package let terms: [UInt8]
}

/// A job just given to a worker.
package struct Claim: Hashable, Sendable {
    package let attempt: AttemptKey
    package let spec: [UInt8]
    package let terms: [UInt8]
    /// How long earlier attempts took, all together.
    package let ranMS: Int64
    /// Where an earlier attempt got to.
    package let checkpoint: FileRecord?
}

/// Why an attempt ended without an outcome. The raw values are in the database.
package enum ReleaseReason: String, Sendable {
    /// The worker stopped and said so.
    case interrupted
    /// The worker fell silent until its lease was over.
    case lost
    /// The worker's steps stood still.
    case stalled
    /// The worker never learned that it had the job.
    case undelivered
}

/// How an attempt came out.
package enum Outcome: Hashable, Sendable {
    case succeeded(results: [FileRecord])
    case failed(FailureRecord)
    case cancelled(FailureRecord)
}

/// One line of a job's log.
package struct LogRecord: Hashable, Sendable {
    package let number: Int
    package let timeMS: Int64
    package let text: String
}

/// How many jobs there are.
package struct JobCounts: Hashable, Sendable {
    package let waiting: Int
    package let running: Int

    package init(waiting: Int, running: Int) {
        self.waiting = waiting
        self.running = running
    }
}
