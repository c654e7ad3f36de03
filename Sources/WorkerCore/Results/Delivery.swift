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

    package init(link: any BrokerLink, outbox: Outbox, heartbeat: Heartbeat, log: Logger) {
        self.link = link
        self.outbox = outbox
        self.heartbeat = heartbeat
        self.log = log
    }

    /// Delivers one outcome. Gives up only when the broker refuses it for good, or when the worker goes down while the
    /// broker is away: then the outbox keeps it for the next start.
    package func deliver(_ attempt: RunningAttempt, _ outcome: JobOutcome, givingUp: () -> Bool) {
        heartbeat.sendLog(of: attempt)
        do {
            try outbox.put(attempt.id, outcome)
        } catch {
            // Without a safe place for the outcome the honest end is a failure that says so.
            log.error("outcome not written", metadata: ["job": "\(attempt.id.jobID)", "reason": "\(error)"])
            let failure = RPCError(
                .resourceExhausted,
                "The worker could not write its outcome to its state folder (\(error)): free disk space and submit again."
            )
            report(failure, of: attempt)
            return
        }
        while !tryDelivering(attempt.id.key) {
            if givingUp() { return }
            Thread.sleep(forTimeInterval: Self.pause)
        }
    }

    /// Delivers what an earlier process of this worker left behind.
    package func deliverLeftovers() throws {
        for key in try outbox.waiting() where !tryDelivering(key) {
            log.warning("an earlier outcome still waits for the broker", metadata: ["attempt": "\(key)"])
        }
    }

    /// True when the outcome was delivered or refused for good.
    private func tryDelivering(_ key: String) -> Bool {
        do {
            let request = try outbox.request(key)
            for file in request.success.results + request.success.artifacts.map(\.blob) {
                let sha256 = try link.upload(outbox.blob(file.sha256, of: key))
                guard sha256 == file.sha256 else {
                    throw JobError(.dataLoss, "the outbox's blob \(file.sha256) is damaged")
                }
            }
            _ = try link.complete(request)
        } catch let error as RPCError where error.isRetriable {
            log.warning("outcome not delivered yet", metadata: ["attempt": "\(key)", "reason": "\(error.message)"])
            return false
        } catch let error as RPCError {
            log.warning("outcome refused", metadata: ["attempt": "\(key)", "reason": "\(error.message)"])
        } catch {
            log.error("outcome unreadable", metadata: ["attempt": "\(key)", "reason": "\(error)"])
        }
        do {
            try outbox.remove(key)
        } catch {
            log.error("outcome not removed", metadata: ["attempt": "\(key)", "reason": "\(error)"])
        }
        return true
    }

    private func report(_ failure: RPCError, of attempt: RunningAttempt) {
        var request = Grove_V1_CompleteRequest()
        request.attempt = attempt.id
        request.failure = failure.status
        do throws(RPCError) {
            _ = try link.complete(request)
        } catch {
            log.error("failure not reported", metadata: ["job": "\(attempt.id.jobID)", "reason": "\(error.message)"])
        }
    }

    private static let pause = 1.0
}
