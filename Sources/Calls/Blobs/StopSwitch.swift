import SwiftProtobuf
import Synchronization
import Wire

/// Stops blocking work from another thread: the call that it waits for now, and all later ones.
final class StopSwitch: Sendable {
    private enum State {
        case idle
        case waiting(@Sendable () -> Void)
        case stopped
    }

    private let state = Mutex(State.idle)

    func stop() {
        let cancel: (@Sendable () -> Void)? = state.withLock { state in
            defer { state = .stopped }
            if case .waiting(let cancel) = state { return cancel }
            return nil
        }
        cancel?()
    }

    /// Waits for a call unless, or until, stopped; then it ends CANCELLED.
    func wait<Response: Message>(for call: PendingCall<Response>) throws(RPCError) -> (Response, bulk: [UInt8]) {
        let isStopped = state.withLock { state in
            if case .stopped = state { return true }
            state = .waiting { call.cancel() }
            return false
        }
        if isStopped { call.cancel() }
        defer {
            state.withLock { state in
                if case .waiting = state { state = .idle }
            }
        }
        return try call.wait()
    }
}
