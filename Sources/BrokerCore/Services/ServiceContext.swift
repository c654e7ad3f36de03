import JobStore
import Wire

/// What services work with during one turn.
struct ServiceContext {
    let batch: StoreTransaction
    let blobs: BlobStore
    let settings: BrokerSettings
    let now: Now

    /// When a lease that is granted now will be over.
    var leaseEnd: Duration { now.monotonic + settings.lease }
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

    static func lost(times: Int) -> FailureRecord {
        let count = times == 5 ? "five times" : "\(times) times"
        return FailureRecord(
            code: Int(StatusCode.aborted.rawValue), message: "its worker died \(count); see grove logs")
    }
}
