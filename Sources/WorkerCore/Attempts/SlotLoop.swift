import Dispatch
import Foundation
import Logging
import Synchronization
import Wire

/// One slot: takes a job, has it computed on the slot's queue, delivers the outcome, and begins again.
///
/// The loop has a thread of its own, for taking and delivering block; the work itself runs on a Dispatch queue.
package final class SlotLoop: Sendable {
    private let slot: Grove_V1_SlotKind
    private let name: String
    private let queue: DispatchQueue
    private let link: any BrokerLink
    private let registry: AttemptRegistry
    private let executor: JobExecutor
    private let precedence: Precedence
    private let delivery: Delivery
    private let log: Logger
    private let stopping = Mutex(false)
    private let ended = DispatchSemaphore(value: 0)

    package init(
        slot: Grove_V1_SlotKind, name: String, link: any BrokerLink, registry: AttemptRegistry,
        executor: JobExecutor, precedence: Precedence, delivery: Delivery, log: Logger
    ) {
        self.slot = slot
        self.name = name
        self.link = link
        self.registry = registry
        self.executor = executor
        self.precedence = precedence
        self.delivery = delivery
        self.log = log
        let quality: DispatchQoS = slot == .training ? .utility : .userInitiated
        queue = DispatchQueue(label: "grove.\(name)", qos: quality)
    }

    package func start() {
        let thread = Thread { [self] in
            while !stopping.withLock({ $0 }) { turn() }
            ended.signal()
        }
        thread.name = "grove-\(name)"
        thread.start()
    }

    /// Takes no further job. A job under way goes on until it looks at its stop flag.
    package func stop() {
        stopping.withLock { $0 = true }
    }

    /// Returns when the last job of this slot has been delivered, or at the deadline.
    package func waitUntilEnded(_ deadline: DispatchTime) -> Bool {
        ended.wait(timeout: deadline) == .success
    }

    private func turn() {
        let assignment: Grove_V1_Assignment?
        do throws(RPCError) {
            assignment = try link.take([slot], loaded: executor.loadedModels, within: Self.takeTime)
        } catch {
            log.debug("no job taken", metadata: ["reason": "\(error.message)"])
            Thread.sleep(forTimeInterval: Self.pauseAfterError)
            return
        }
        guard let assignment else { return }
        let attempt = RunningAttempt(assignment)
        registry.add(attempt)
        if stopping.withLock({ $0 }) { attempt.requestStop(.shutdown) }
        log.info("job begins", metadata: ["job": "\(attempt.id.jobID)", "attempt": "\(attempt.id.attempt)"])
        let outcome = queue.sync { precedence.run(slot) { executor.run(attempt) } }
        attempt.endComputing()
        log.info("job ends", metadata: ["job": "\(attempt.id.jobID)", "outcome": "\(outcome.summary)"])
        delivery.deliver(attempt, outcome) { self.stopping.withLock { $0 } }
        registry.remove(attempt)
    }

    private static let takeTime = Duration.seconds(5)
    private static let pauseAfterError = 0.5
}

extension JobOutcome {
    /// For the worker's own log.
    var summary: String {
        switch self {
        case .succeeded(let products): "succeeded with \(products.files.count) files"
        case .failed(let error): "failed: \(error.message)"
        case .interrupted(let reason): "interrupted: \(reason)"
        }
    }
}
