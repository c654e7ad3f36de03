import CKernels
import Dispatch
import Glibc
import Synchronization

/// Threads that help whoever runs a loop, and between two loops of one pass stay awake for the next.
///
/// A pass of one image is some hundred loops of a few dozen microseconds; to wake a thread for each would take as long as the
/// loop itself. So a helper looks out for work for a while before it sleeps. Nobody waits for a helper that has not come
/// yet: once a loop has no indices left its door is closed, and who is late finds nothing to do.
final class LaneTeam: Sendable {
    static let shared = LaneTeam()

    private struct Loop {
        var count = 0
        var body = grove_loop_body()
        /// Helpers that may take part, and all that there are.
        var wanted = 0
        var helpers = 0
    }

    /// One word that says everything about the door to a loop, so that each change of it is one step.
    private enum Door {
        /// The low half counts the helpers that may still enter, the high half those that are inside.
        static let seats: UInt32 = 0xFFFF
        static let helper: UInt32 = 0x1_0000
        /// The caller sleeps until the last helper has left.
        static let callerSleeps: UInt32 = 1 << 31

        static func isEmpty(_ door: UInt32) -> Bool { door & ~callerSleeps < helper }
    }

    /// For so many nanoseconds a thread looks before it sleeps: longer than what a pass does on one core between two loops.
    private static let patience: UInt64 = 100_000

    private let door = Atomic<UInt32>(0)
    private let next = Atomic<Int>(0)
    /// Written by the caller while the door is closed and nobody inside.
    nonisolated(unsafe) private var loop = Loop()
    /// Helpers that sleep and whom nobody has woken yet.
    private let sleepers = Atomic<Int>(0)
    private let work = DispatchSemaphore(value: 0)
    private let allLeft = DispatchSemaphore(value: 0)
    /// How many helpers there are; locked by the one caller whom they help.
    private let helpers = Mutex(0)

    /// Runs `body(0) ... body(count - 1)` on this thread and at most `lanes - 1` helpers. Answers false, and has done nothing,
    /// where the team helps somebody else.
    func run(_ count: Int, lanes: Int, _ body: (Int) -> Void) -> Bool {
        let ran: Void? = helpers.withLockIfAvailable { helpers in
            let wanted = min(lanes - 1, Int(Door.seats))
            while helpers < wanted, startHelper() { helpers += 1 }
            loop = Loop(count: count, wanted: wanted, helpers: helpers)
            lendLoopBody(body, Unmanaged.passUnretained(self).toOpaque()) { team, body in
                Unmanaged<LaneTeam>.fromOpaque(team).takeUnretainedValue().lead(body)
            }
        }
        return ran != nil
    }

    /// The caller's part of a loop, who leaves last.
    private func lead(_ body: grove_loop_body) {
        loop.body = body
        next.store(0, ordering: .relaxed)
        door.store(UInt32(loop.wanted), ordering: .sequentiallyConsistent)
        wake(loop.wanted, of: loop.helpers)
        let before = grove_take_lane(1)
        takePart()
        _ = grove_take_lane(before)
        closeDoor()
    }

    private func takePart() {
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            if index >= loop.count { return }
            grove_run_loop_body(loop.body, index)
        }
    }

    /// Returns once all who have entered have left.
    private func closeDoor() {
        door.bitwiseAnd(~Door.seats, ordering: .acquiringAndReleasing)
        if watch({ Door.isEmpty(door.load(ordering: .acquiring)) }) { return }
        let before = door.bitwiseOr(Door.callerSleeps, ordering: .acquiringAndReleasing).oldValue
        if !Door.isEmpty(before) { allLeft.wait() }
        door.store(0, ordering: .relaxed)
    }

    private func watch(_ happened: () -> Bool) -> Bool {
        let deadline = DispatchTime.now().uptimeNanoseconds + Self.patience
        repeat {
            for _ in 0..<32 {
                if happened() { return true }
                grove_pause()
            }
            // On a busy machine whoever else wants this core has it, most of all the thread that is waited for.
            sched_yield()
        } while DispatchTime.now().uptimeNanoseconds < deadline
        return false
    }

    // MARK: Helpers

    /// A team lasts as long as its helpers, which never end.
    private func startHelper() -> Bool {
        var thread = pthread_t()
        let team = Unmanaged.passRetained(self)
        let refusal = pthread_create(
            &thread, nil,
            { team in
                if let team { Unmanaged<LaneTeam>.fromOpaque(team).takeUnretainedValue().help() }
                return nil
            }, team.toOpaque())
        guard refusal == 0 else {
            team.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    private func help() {
        var signals = sigset_t()
        sigfillset(&signals)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        _ = grove_take_lane(1)
        while true {
            if enter() {
                takePart()
                leave()
            } else if !watch({ door.load(ordering: .relaxed) & Door.seats > 0 }) {
                sleep()
            }
        }
    }

    private func enter() -> Bool {
        var seen = door.load(ordering: .relaxed)
        while seen & Door.seats > 0 {
            let (entered, now) = door.weakCompareExchange(
                expected: seen, desired: seen - 1 + Door.helper, ordering: .acquiring)
            if entered { return true }
            seen = now
        }
        return false
    }

    private func leave() {
        let left = door.wrappingSubtract(Door.helper, ordering: .acquiringAndReleasing).newValue
        if left & Door.callerSleeps > 0, Door.isEmpty(left) { allLeft.signal() }
    }

    // MARK: Sleep

    /// A helper first says that it sleeps and then looks once more; a caller first opens the door and then looks for sleepers.
    /// So at least one of them sees the other.
    private func sleep() {
        sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
        if door.load(ordering: .sequentiallyConsistent) & Door.seats > 0, takeSleeper() { return }
        work.wait()
    }

    /// Wakes as many of the helpers as are wanted and not awake.
    private func wake(_ wanted: Int, of helpers: Int) {
        var missing = wanted - (helpers - sleepers.load(ordering: .sequentiallyConsistent))
        while missing > 0, takeSleeper() {
            work.signal()
            missing -= 1
        }
    }

    /// Counts one sleeper less; false where there is none.
    private func takeSleeper() -> Bool {
        var seen = sleepers.load(ordering: .relaxed)
        while seen > 0 {
            let (taken, now) = sleepers.weakCompareExchange(
                expected: seen, desired: seen - 1, ordering: .sequentiallyConsistent)
            if taken { return true }
            seen = now
        }
        return false
    }
}

/// Calls `use` with the borrower and the body, which is good until `use` returns. Swift itself keeps a closure for another
/// thread only in a box from the heap, one for each loop, even while the closure's owner waits.
@_silgen_name("grove_lend_loop_body")
private func lendLoopBody(
    _ body: (Int) -> Void, _ borrower: UnsafeMutableRawPointer,
    _ use: @convention(c) (UnsafeMutableRawPointer, grove_loop_body) -> Void)
