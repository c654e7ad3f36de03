import Synchronization
import Transport

/// What clients and workers saw, in the order in which they saw it.
final class Recorder: Sendable {
    enum Event: Sendable {
        /// The submit with this key was answered with a job.
        case acknowledged(key: String, job: String)
        case taken(job: String, attempt: Int, worker: String)
        /// The broker took an outcome.
        case accepted(job: String, attempt: Int)
        /// The broker refused an outcome as stale.
        case fenced(job: String, attempt: Int)
        case killed(worker: String)
    }

    struct Entry: Sendable {
        let time: Duration
        let event: Event
    }

    private let entries = Mutex<[Entry]>([])

    func note(_ event: Event) {
        entries.withLock { $0.append(Entry(time: MonotonicClock.now, event: event)) }
    }

    /// For a test whose broker begins with nothing again.
    func forget() { entries.withLock { $0 = [] } }

    var all: [Entry] { entries.withLock { $0 } }

    var acknowledged: [String: String] {
        Dictionary(
            all.compactMap { entry in
                if case .acknowledged(let key, let job) = entry.event { (key, job) } else { nil }
            }, uniquingKeysWith: { first, _ in first })
    }
}
