#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Time that no clock adjustment moves, without the time the machine slept; what deadlines, leases and heartbeats are measured
/// by. Comparable inside one process only: never send it to a peer and never store it.
package enum MonotonicClock {
    /// Never before zero, which stands for "long ago": the system's own may be, where time is simulated.
    package static var now: Duration { reading - origin }

    private static let origin = reading

    private static var reading: Duration {
        var time = timespec()
        let result = clock_gettime(CLOCK_MONOTONIC, &time)
        precondition(result == 0, "the system has no monotonic clock")
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }
}
