import Synchronization
import Wire

/// The attempts that this worker holds leases for, from taking a job until the broker has its outcome.
package final class AttemptRegistry: Sendable {
    private let attempts = Mutex<[String: RunningAttempt]>([:])

    package init() {}

    package var all: [RunningAttempt] { attempts.withLock { Array($0.values) } }

    package func add(_ attempt: RunningAttempt) {
        attempts.withLock { $0[attempt.id.key] = attempt }
    }

    package func remove(_ attempt: RunningAttempt) {
        _ = attempts.withLock { $0.removeValue(forKey: attempt.id.key) }
    }

    package func attempt(_ id: Grove_V1_AttemptId) -> RunningAttempt? {
        attempts.withLock { $0[id.key] }
    }
}

extension Grove_V1_AttemptId {
    /// Unique among attempts, and fit for a file name: job ids are checked to be plain letters and digits.
    package var key: String { "\(jobID)-\(attempt)" }
}
