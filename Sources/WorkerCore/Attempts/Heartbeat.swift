import Foundation
import Logging
import Synchronization
import Wire

/// Renews leases and carries progress and log lines, on a thread of its own: a busy compute queue must not look dead.
package final class Heartbeat: Sendable {
    private let link: any BrokerLink
    private let registry: AttemptRegistry
    private let interval: Duration
    private let stuckTime: Duration
    private let onStuck: @Sendable (RunningAttempt) -> Void
    private let log: Logger
    private let stopped = Mutex(false)

    /// - Parameters:
    ///   - stuckTime: how long after it was dropped an attempt may still compute.
    ///   - onStuck: told of one that does: its slot cannot be had back but by ending the process.
    package init(
        link: any BrokerLink, registry: AttemptRegistry, interval: Duration, stuckTime: Duration = .seconds(600),
        log: Logger, onStuck: @escaping @Sendable (RunningAttempt) -> Void = { _ in }
    ) {
        self.link = link
        self.registry = registry
        self.interval = interval
        self.stuckTime = stuckTime
        self.onStuck = onStuck
        self.log = log
    }

    package func start() {
        let thread = Thread { [self] in
            while !stopped.withLock({ $0 }) {
                beat()
                Thread.sleep(forTimeInterval: interval.seconds)
            }
        }
        thread.name = "grove-heartbeat"
        thread.start()
    }

    package func stop() {
        stopped.withLock { $0 = true }
    }

    /// One beat: leases first, for they have a time limit, then what people want to read.
    package func beat() {
        let attempts = registry.all
        guard !attempts.isEmpty else { return }
        if let stuck = attempts.first(where: { $0.isStuck(for: stuckTime) }) { onStuck(stuck) }
        do throws(RPCError) {
            let response = try link.heartbeat(attempts.map(\.report))
            for id in response.stop { registry.attempt(id)?.requestStop(.dropped) }
            for id in response.yield { registry.attempt(id)?.requestStop(.yield) }
        } catch {
            log.warning("heartbeat not answered", metadata: ["reason": "\(error.message)"])
            return
        }
        for attempt in attempts { sendLog(of: attempt) }
    }

    /// Sends the lines that wait. What a newer attempt's fence refuses is dropped; anything else is tried again.
    package func sendLog(of attempt: RunningAttempt) {
        while true {
            let lines = attempt.takeLines(Self.linesPerCall)
            if lines.isEmpty { return }
            do throws(RPCError) {
                try link.log(attempt.id, lines: lines)
            } catch {
                log.warning(
                    "log lines not taken", metadata: ["job": "\(attempt.id.jobID)", "reason": "\(error.message)"])
                if error.meansBrokerAway { attempt.giveBack(lines) }
                return
            }
        }
    }

    private static let linesPerCall = Limits.logLinesPerCall
}

extension Duration {
    /// As a number of seconds.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
