#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Time since boot that no clock adjustment moves; what deadlines, leases and heartbeats are measured by. Comparable
/// inside one boot of one machine only: never send it to a peer and never store it.
package enum MonotonicClock {
    /// Nanoseconds since boot, without the time the machine slept. Under a simulated clock they may be negative.
    package static var nanoseconds: Int64 {
        var time = timespec()
        let result = clock_gettime(CLOCK_MONOTONIC, &time)
        precondition(result == 0, "the system has no monotonic clock")
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    package static var now: Duration {
        .nanoseconds(nanoseconds)
    }
}
