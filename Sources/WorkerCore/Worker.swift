import Dispatch
import Foundation
import Logging
import Neural
import Synchronization
import Wire

/// A worker daemon: slots that take jobs, a heartbeat that keeps their leases, an outbox that loses no outcome.
package final class Worker: Sendable {
    private let configuration: WorkerConfiguration
    private let log: Logger
    private let registry: AttemptRegistry
    private let heartbeat: Heartbeat
    private let slots: [SlotLoop]
    private let outbox: Outbox
    private let delivery: Delivery
    private let lock: StateFolderLock
    private let stopping = Mutex(false)
    private let leftoversEnded = DispatchSemaphore(value: 0)

    /// Makes the folders and the slots; nothing runs yet.
    /// - Parameters:
    ///   - lock: of the state folder; taken before the broker hears of this worker, so that one which may not run never
    ///     stands in for the one that does.
    ///   - onStuck: told of an attempt whose step hangs although the broker has dropped it.
    package init(
        _ configuration: WorkerConfiguration, lock: StateFolderLock, link: any BrokerLink, log: Logger,
        onStuck: @escaping @Sendable (RunningAttempt) -> Void = { _ in }
    ) throws {
        self.configuration = configuration
        self.log = log
        Parallel.threads = configuration.threads
        self.lock = lock
        let blobs = try BlobCache(
            directory: configuration.state.appending(path: "cache"), capacity: configuration.cacheBytes, link: link)
        let precedence = Precedence(share: configuration.trainingShare)
        let executor = JobExecutor(
            link: link, blobs: blobs, models: ModelCache(blobs: blobs, capacity: configuration.modelBytes),
            precedence: precedence)
        let registry = AttemptRegistry()
        self.registry = registry
        let heartbeat = Heartbeat(
            link: link, registry: registry, interval: configuration.heartbeat, stuckTime: configuration.stuckTime,
            log: log, onStuck: onStuck)
        self.heartbeat = heartbeat
        let outbox = try Outbox(directory: configuration.state.appending(path: "outbox"))
        self.outbox = outbox
        let delivery = Delivery(
            link: link, outbox: outbox, heartbeat: heartbeat, log: log, pause: configuration.deliveryPause)
        self.delivery = delivery
        func loops(_ slot: Grove_V1_SlotKind, _ name: String, _ count: Int) -> [SlotLoop] {
            (0..<count).map { index in
                SlotLoop(
                    slot: slot, name: "\(name)-\(index)", link: link, registry: registry, executor: executor,
                    precedence: precedence, delivery: delivery, log: log)
            }
        }
        slots =
            loops(.interactive, "interactive", configuration.interactiveSlots)
            + loops(.training, "training", configuration.trainingSlots)
    }

    /// Begins to take jobs, and to deliver what an earlier process left.
    package func start() throws {
        let leftovers = try outbox.waiting()
        let thread = Thread { [self] in
            delivery.deliverLeftovers(leftovers) { stopping.withLock { $0 } }
            leftoversEnded.signal()
        }
        thread.name = "grove-leftovers"
        thread.start()
        heartbeat.start()
        for slot in slots { slot.start() }
    }

    /// Stops taking jobs, has running ones save themselves and be given back, and returns when all is delivered or the
    /// drain time is over. Answers whether everything was delivered. To be called once, after `start`.
    package func stop() -> Bool {
        stopping.withLock { $0 = true }
        for slot in slots { slot.stop() }
        for attempt in registry.all { attempt.requestStop(.shutdown) }
        let deadline = DispatchTime.now() + configuration.drainTime.seconds
        let drained = slots.map { $0.waitUntilEnded(deadline) }.allSatisfy { $0 }
        heartbeat.stop()
        return drained && leftoversEnded.wait(timeout: deadline) == .success && isAllDelivered
    }

    private var isAllDelivered: Bool {
        do {
            return try outbox.waiting().isEmpty
        } catch {
            log.error("outbox unreadable", metadata: ["reason": "\(error)"])
            return false
        }
    }
}
