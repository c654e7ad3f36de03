import Dispatch
import Foundation
import Logging
import Neural
import Wire

/// A worker daemon: slots that take jobs, a heartbeat that keeps their leases, an outbox that loses no outcome.
package final class Worker: Sendable {
    private let configuration: WorkerConfiguration
    private let registry: AttemptRegistry
    private let heartbeat: Heartbeat
    private let slots: [SlotLoop]
    private let delivery: Delivery
    private let lock: StateFolderLock

    /// Makes the folders and the slots; nothing runs yet.
    package init(_ configuration: WorkerConfiguration, link: any BrokerLink, log: Logger) throws {
        self.configuration = configuration
        Parallel.threads = configuration.threads
        lock = try StateFolderLock(configuration.state)
        let blobs = try BlobCache(
            directory: configuration.state.appending(path: "cache"), capacity: configuration.cacheBytes, link: link)
        let executor = JobExecutor(
            link: link, blobs: blobs, models: ModelCache(blobs: blobs, capacity: configuration.modelBytes))
        let registry = AttemptRegistry()
        self.registry = registry
        let heartbeat = Heartbeat(link: link, registry: registry, interval: configuration.heartbeat, log: log)
        self.heartbeat = heartbeat
        let delivery = Delivery(
            link: link, outbox: try Outbox(directory: configuration.state.appending(path: "outbox")),
            heartbeat: heartbeat, log: log)
        self.delivery = delivery
        func loops(_ slot: Grove_V1_SlotKind, _ name: String, _ count: Int) -> [SlotLoop] {
            (0..<count).map { index in
                SlotLoop(
                    slot: slot, name: "\(name)-\(index)", link: link, registry: registry, executor: executor,
                    delivery: delivery, log: log)
            }
        }
        slots =
            loops(.interactive, "interactive", configuration.interactiveSlots)
            + loops(.training, "training", configuration.trainingSlots)
    }

    /// Delivers what an earlier process left, then begins to take jobs.
    package func start() throws {
        try delivery.deliverLeftovers()
        heartbeat.start()
        for slot in slots { slot.start() }
    }

    /// Stops taking jobs, has running ones save themselves and be given back, and returns when all is delivered or the
    /// drain time is over. Answers whether everything was delivered.
    package func stop() -> Bool {
        for slot in slots { slot.stop() }
        for attempt in registry.all { attempt.requestStop(.shutdown) }
        let deadline = DispatchTime.now() + configuration.drainTime.seconds
        let drained = slots.map { $0.waitUntilEnded(deadline) }.allSatisfy { $0 }
        heartbeat.stop()
        return drained
    }
}
