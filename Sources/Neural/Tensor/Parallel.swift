import CKernels
import COpenBLAS
import Glibc
import Synchronization

/// The one place where work is spread over cores.
///
/// Results never depend on the number of lanes: callers split work over images or fixed chunks and never over a sum.
package enum Parallel {
    private static let laneCount = Atomic<Int>(ProcessInfoCores.count)

    /// How many cores a kernel may use; the default is all of them. OpenBLAS itself stays on one thread a call.
    package static var threads: Int {
        get { laneCount.load(ordering: .relaxed) }
        set { laneCount.store(max(1, newValue), ordering: .relaxed) }
    }

    private static let oneBLASThread: Void = openblas_set_num_threads(1)

    /// Runs `body(0) ... body(count - 1)`, each once, in any order and on any lane. Inside another such loop, and where another
    /// pass has the helpers at this moment, it stays on the lane that it was called on: the cores are busy already.
    package static func forEach(_ count: Int, _ body: (Int) -> Void) {
        _ = oneBLASThread
        let lanes = min(threads, count)
        guard lanes > 1, grove_lane_is_taken() == 0 else {
            for index in 0..<count { body(index) }
            return
        }
        if let meter = BufferMeter.current {
            return meter.inTurn(lanes: lanes) { for index in 0..<count { body(index) } }
        }
        if !LaneTeam.shared.run(count, lanes: lanes, body) {
            for index in 0..<count { body(index) }
        }
    }
}

private enum ProcessInfoCores {
    static let count = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}
