import JobStore
import Wire

/// What services work with during one turn.
struct ServiceContext {
    let batch: StoreTransaction
    let blobs: BlobStore
    let backups: BackupDesk
    let settings: BrokerSettings
    let now: Now
    /// Whether only what ends jobs may take room.
    let isDiskFull: Bool

    /// When a lease that is granted now will be over.
    var leaseEnd: Duration { now.monotonic + settings.lease }
}

extension ServiceContext {
    /// - Throws: `RPCError` RESOURCE_EXHAUSTED while the disk is full: for requests that begin something.
    func requireRoom() throws(RPCError) {
        guard isDiskFull else { return }
        throw RPCError(
            .resourceExhausted,
            "the disk of the broker is full; running jobs can still end, nothing new is taken; make room and try again",
            retryAfter: .seconds(10))
    }
}

/// Who makes a call.
struct Caller {
    let key: CallKey
    let session: Session
    /// When the call's time is over; `nil` when it has no deadline.
    let deadline: Duration?
}

/// The failures that the broker itself writes into jobs.
enum JobFailure {
    static let cancelled = FailureRecord(
        code: Int(StatusCode.cancelled.rawValue), message: "cancelled as was asked for")

    /// A job that is not tried again, with the last lines of its log.
    static func quarantined(losses: Int, lastLines: [String]) -> FailureRecord {
        let count = losses == 3 ? "three workers" : "\(losses) workers"
        let lines = lastLines.isEmpty ? "it logged nothing" : "its last lines: " + lastLines.joined(separator: " | ")
        return FailureRecord(
            code: Int(StatusCode.aborted.rawValue),
            message: "\(count) died or stood still under it, so it is not tried again; \(lines)"
                .cut(toBytes: Limits.statusMessageBytes))
    }

    /// A job whose description, as it is stored, is damaged.
    static func unreadable(_ error: RPCError) -> FailureRecord {
        FailureRecord(
            code: Int(StatusCode.internal.rawValue),
            message: "what the broker has stored of the job cannot be read (\(error.message)); submit it again"
                .cut(toBytes: Limits.statusMessageBytes))
    }

    static let tooLong = FailureRecord(
        code: Int(StatusCode.deadlineExceeded.rawValue),
        message: "it was computed for as long as its maximal run time allows; "
            + "submit it again with a longer one, or retry it to go on from its checkpoint")

    static let expired = FailureRecord(
        code: Int(StatusCode.deadlineExceeded.rawValue), message: "no worker began it in the time that it was to wait")

    static func array(missed: Int, of all: Int, _ id: String) -> FailureRecord {
        FailureRecord(
            code: Int(StatusCode.aborted.rawValue),
            message: "\(missed) of \(all) jobs did not succeed; 'grove jobs --array \(id)' shows which, "
                + "'grove retry \(id)' repeats them")
    }

    /// A job whose parent ended without success.
    static func parent(_ job: JobRecord) -> FailureRecord {
        let reason = job.failure.map { ": \($0.message)" } ?? ""
        return FailureRecord(
            code: Int(StatusCode.failedPrecondition.rawValue),
            message: "the job \(job.id), which it comes after, \(job.state.verb)\(reason)"
                .cut(toBytes: Limits.statusMessageBytes))
    }
}

extension JobState {
    /// To say what became of a job.
    var verb: String {
        switch self {
        case .waiting: "waits"
        case .running: "runs"
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .cancelled: "was cancelled"
        case .expired: "expired"
        }
    }
}
