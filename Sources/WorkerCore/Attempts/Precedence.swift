import Foundation
import Synchronization
import Wire

/// Lets interactive jobs go first: while one runs on this worker, its trainings compute for a share of the time only.
///
/// They share the same cores, so whoever waits for images would otherwise wait about twice as long.
package final class Precedence: Sendable {
    /// Shares that can be asked for. Never none: a training that stands still for hours looks dead.
    package static let shares = 0.05...1.0

    private let share: Double
    private let interactive = Mutex(0)

    /// - Parameter share: of the time, from `shares`; 1 never waits.
    package init(share: Double) {
        precondition(Self.shares.contains(share), "Precedence: a share of \(share) cannot be")
        self.share = share
    }

    /// Runs a job; trainings give way while it is an interactive one.
    package func run<Result>(_ slot: Grove_V1_SlotKind, _ job: () -> Result) -> Result {
        guard slot == .interactive else { return job() }
        interactive.withLock { $0 += 1 }
        defer { interactive.withLock { $0 -= 1 } }
        return job()
    }

    /// Called by a training between two steps: waits until the step was no more than its share, until no interactive job
    /// runs any more, or until the training is to stop.
    ///
    /// - Parameter step: how long the step took.
    package func giveWay(after step: Duration, isStopped: () -> Bool) {
        let end = ContinuousClock.now + min(step * ((1 - share) / share), Self.longestWait)
        while ContinuousClock.now < end, interactive.withLock({ $0 > 0 }), !isStopped() {
            Thread.sleep(forTimeInterval: Self.look)
        }
    }

    /// However long a step took: progress must be seen.
    private static let longestWait = Duration.seconds(60)
    /// From one look at what runs to the next.
    private static let look = 0.005
}
