import Foundation

/// What a worker is told at its start.
package struct WorkerConfiguration: Sendable {
    /// The broker's endpoint, for example "tcp://127.0.0.1:7741".
    package var broker: String
    /// The folder for the cache and for outcomes that wait for delivery; one worker at a time uses it.
    package var state: URL
    /// A name that stays the same over restarts.
    package var name: String
    /// Cores that one kernel may use.
    package var threads: Int
    package var interactiveSlots: Int
    package var trainingSlots: Int
    /// What a training computes of the time while an interactive job runs, from `Precedence.shares`.
    package var trainingShare = 0.2
    /// The most bytes that fetched datasets and models may take on disk.
    package var cacheBytes: UInt64 = 20 << 30
    /// The most bytes that loaded models may take in memory.
    package var modelBytes = 2 << 30
    /// Also how soon a running job hears that it is cancelled.
    package var heartbeat = Duration.milliseconds(500)
    /// How long after it was dropped an attempt may still compute before its step counts as hung.
    package var stuckTime = Duration.seconds(600)
    /// From one try to deliver an outcome to the next while the broker is away.
    package var deliveryPause = Duration.seconds(1)
    /// How long a stopping worker waits for its jobs to save themselves.
    package var drainTime = Duration.seconds(120)

    package init(
        broker: String, state: URL, name: String, threads: Int, interactiveSlots: Int, trainingSlots: Int
    ) {
        self.broker = broker
        self.state = state
        self.name = name
        self.threads = threads
        self.interactiveSlots = interactiveSlots
        self.trainingSlots = trainingSlots
    }
}
