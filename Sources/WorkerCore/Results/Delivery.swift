import Foundation
import Logging
import Wire

/// Brings outcomes to the broker, for as long as it takes.
///
/// An outcome is first written to the outbox; from then on it survives this process. The attempt stays in the registry
/// while its delivery is tried, so that heartbeats keep its lease and a restarted broker adopts it again.
package struct Delivery: Sendable {
    private let link: any BrokerLink
    private let outbox: Outbox
    private let heartbeat: Heartbeat
    private let log: Logger
    private let pause: Duration

    /// - Parameter pause: from one try to the next while the broker is away.
    package init(
        link: any BrokerLink, outbox: Outbox, heartbeat: Heartbeat, log: Logger, pause: Duration = .seconds(1)
    ) {
        self.link = link
        self.outbox = outbox
        self.heartbeat = heartbeat
        self.log = log
        self.pause = pause
    }

    /// Delivers one outcome. Gives up only when the broker refuses it for good, or when the worker goes down while the
    /// broker is away: then the outbox keeps it for the next start.
    package func deliver(_ attempt: RunningAttempt, _ outcome: JobOutcome, givingUp: () -> Bool) {
        let parcel = Parcel(attempt.id, link.incarnation, outcome)
        do {
            try outbox.put(parcel)
        } catch {
            // It can still go up from memory, but does not outlive this process.
            log.error("outcome not written", metadata: ["attempt": "\(parcel.key)", "reason": "\(error)"])
        }
        while true {
            heartbeat.sendLog(of: attempt)
            if isSettled(parcel) { return remove(parcel.key) }
            if givingUp() { return }
            Thread.sleep(forTimeInterval: pause.seconds)
        }
    }

    /// Delivers what an earlier process of this worker left behind: `keys` of the outbox, each until it is settled.
    package func deliverLeftovers(_ keys: [String], givingUp: () -> Bool) {
        var waiting = keys
        while true {
            waiting.removeAll { key in
                if givingUp() || !isLeftoverSettled(key) { return false }
                remove(key)
                return true
            }
            if waiting.isEmpty || givingUp() { return }
            Thread.sleep(forTimeInterval: pause.seconds)
        }
    }

    private func isLeftoverSettled(_ key: String) -> Bool {
        do {
            return isSettled(try outbox.parcel(key))
        } catch {
            // Its lease ends, and the job is done again.
            log.error("outcome unreadable", metadata: ["attempt": "\(key)", "reason": "\(error)"])
            return true
        }
    }

    /// Tries once. True when the broker has the outcome or refused it for good.
    private func isSettled(_ parcel: Parcel) -> Bool {
        let key = parcel.key
        do {
            for file in parcel.request.blobs {
                let sha256 = try link.upload(parcel.blobs[file.sha256] ?? [])
                guard sha256 == file.sha256 else {
                    throw JobError(.dataLoss, "The outbox's blob \(file.sha256) is damaged.")
                }
            }
            _ = try link.complete(parcel.request)
            return true
        } catch let error as RPCError where error.isPassing {
            log.warning("outcome not delivered yet", metadata: ["attempt": "\(key)", "reason": "\(error.message)"])
            return false
        } catch let error as RPCError {
            log.warning("outcome refused", metadata: ["attempt": "\(key)", "reason": "\(error.message)"])
            return isRefusalTold(error, of: parcel)
        } catch {
            log.error("outcome unreadable", metadata: ["attempt": "\(key)", "reason": "\(error)"])
            return true
        }
    }

    /// A success that the broker will never take becomes a failure with its reason, rather than a job that is done again
    /// and again. ABORTED is no such case: another attempt has the job.
    private func isRefusalTold(_ error: RPCError, of parcel: Parcel) -> Bool {
        guard case .success = parcel.request.outcome, error.code != .aborted else { return true }
        let failure = RPCError(error.code, "The broker did not take the job's results: \(error.message)")
        return isSettled(Parcel(parcel.request.attempt, [UInt8](parcel.request.incarnation), .failed(failure)))
    }

    private func remove(_ key: String) {
        do {
            try outbox.remove(key)
        } catch {
            log.error("outcome not removed", metadata: ["attempt": "\(key)", "reason": "\(error)"])
        }
    }
}
