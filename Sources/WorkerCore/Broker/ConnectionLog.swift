import Calls
import Logging
import Synchronization

/// Logs what happens to the connection. That no broker answers is said at once and then rarely: a worker may wait for one
/// for days.
final class ConnectionLog: Sendable {
    private let log: Logger
    private let clock: @Sendable () -> ContinuousClock.Instant
    /// When it was said last that nobody answers; nil once somebody did.
    private let lastComplaint = Mutex<ContinuousClock.Instant?>(nil)

    static let pause = Duration.seconds(600)

    init(_ log: Logger, clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        (self.log, self.clock) = (log, clock)
    }

    func note(_ event: ConnectionEvent) {
        switch event {
        case .unanswered(let reason):
            let now = clock()
            let isDue = lastComplaint.withLock { last in
                if let last, last.duration(to: now) < Self.pause { return false }
                last = now
                return true
            }
            if isDue { log.warning("\(reason); trying again until one answers") }
        case .sessionBegan:
            lastComplaint.withLock { $0 = nil }
            log.info("connection", metadata: ["event": "\(event)"])
        case .sessionLost, .ignored: log.info("connection", metadata: ["event": "\(event)"])
        }
    }
}
