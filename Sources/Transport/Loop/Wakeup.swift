import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Ends another thread's wait in `Poller`. Any thread signals; the poller clears. A pipe, since Swift's Glibc module
/// shows no eventfd; nothing outside this file depends on which.
package final class Wakeup: Sendable {
    /// Readable while signalled.
    let descriptor: Int32
    private let writeEnd: Int32
    /// Whether a signal is under way; spares all but the first signaller the system call.
    private let isSignalled = Atomic(false)

    package init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw TransportError(code: errno, operation: "open a pipe for wake-ups")
        }
        (descriptor, writeEnd) = (ends[0], ends[1])
        for end in ends {
            guard fcntl(end, F_SETFD, FD_CLOEXEC) == 0, fcntl(end, F_SETFL, O_NONBLOCK) == 0 else {
                throw TransportError(code: errno, operation: "set up a pipe for wake-ups")
            }
        }
    }

    deinit {
        _ = Self.systemClose(descriptor)
        _ = Self.systemClose(writeEnd)
    }

    /// Makes the current or the next wait end. Signals before the poller has seen the first one cost one atomic exchange.
    package func signal() {
        guard !isSignalled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        var byte: UInt8 = 1
        while write(writeEnd, &byte, 1) < 0 {
            // A full pipe is readable, which is all that is wanted.
            if errno == EAGAIN { return }
            precondition(errno == EINTR, "writing to a wake-up pipe failed with errno \(errno)")
        }
    }

    /// Called by the poller on waking, before its caller looks for work. The order matters: emptying the pipe first and
    /// then lowering the flag can only cause a needless wake-up; the other way round a signal in between would leave the
    /// flag up and the pipe empty, and nobody would ever write again. The exchange acquires what signallers did before.
    func clear() {
        var buffer: (UInt64, UInt64) = (0, 0)
        while true {
            let count = read(descriptor, &buffer, MemoryLayout.size(ofValue: buffer))
            if count == MemoryLayout.size(ofValue: buffer) || (count < 0 && errno == EINTR) { continue }
            break
        }
        _ = isSignalled.exchange(false, ordering: .acquiringAndReleasing)
    }

    /// close(2) on a descriptor owned here fails only by being interrupted, when Linux has closed it all the same.
    private static func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }
}
