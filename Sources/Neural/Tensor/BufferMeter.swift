import CKernels
import Synchronization

/// What a piece of work takes of the buffer pool at once, by size class, as the pool hands buffers out.
///
/// The work runs on the calling thread alone, one part after another: what it holds is then the same at every time, whatever
/// the cores and other jobs of the process do meanwhile. Memory that a kernel takes where it would run on several lanes
/// counts once for each of them.
package final class BufferMeter: Sendable {
    private struct State {
        /// Buffers of each size class.
        var counts: [Int: Count] = [:]
        /// On how many lanes the work would run at this point.
        var lanes = 1
    }

    private struct Count {
        var now = 0
        var most = 0
    }

    @TaskLocal static var current: BufferMeter?

    private let state = Mutex(State())

    /// Bytes that `body` holds at once.
    package static func bytes(heldBy body: () throws -> Void) rethrows -> Int {
        let meter = BufferMeter()
        try $current.withValue(meter) { try body() }
        let floats = meter.state.withLock { $0.counts.reduce(0) { $0 + $1.key * $1.value.most } }
        return floats * MemoryLayout<Float>.stride
    }

    /// Runs here what would run on `lanes` lanes.
    func inTurn(lanes: Int, _ body: () -> Void) {
        let before = grove_take_lane(1)
        state.withLock { $0.lanes = lanes }
        body()
        state.withLock { $0.lanes = 1 }
        _ = grove_take_lane(before)
    }

    func took(_ size: Int, eachLane: Bool) {
        state.withLock { state in
            var count = state.counts[size] ?? Count()
            count.now += eachLane ? state.lanes : 1
            count.most = max(count.most, count.now)
            state.counts[size] = count
        }
    }

    func gaveBack(_ size: Int, eachLane: Bool) {
        state.withLock { $0.counts[size]?.now -= eachLane ? $0.lanes : 1 }
    }
}
