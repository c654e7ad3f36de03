import Synchronization
import Wire

/// Where the one answer of a call arrives and is waited for. Answer, waiter and cancellation may come in any order and
/// from any thread, so a reply is in one of three states: nothing yet, somebody waits, or it is decided; the first
/// decision stands, and whoever comes later finds it.
final class Reply: CallSink {
    private enum State {
        case open
        case awaited([@Sendable (Result<Answer, RPCError>) -> Void])
        case decided(Result<Answer, RPCError>)
    }

    private let state = Mutex(State.open)

    /// Calls `body` with the result, now or when it comes, on whatever thread brings it: `body` must only hand it on.
    func whenDecided(_ body: @escaping @Sendable (Result<Answer, RPCError>) -> Void) {
        let result: Result<Answer, RPCError>? = state.withLock { state in
            switch state {
            case .open: state = .awaited([body])
            case .awaited(let waiters): state = .awaited(waiters + [body])
            case .decided(let result): return result
            }
            return nil
        }
        if let result { body(result) }
    }

    func finish(_ result: Result<Answer, RPCError>) {
        let waiters: [@Sendable (Result<Answer, RPCError>) -> Void] = state.withLock { state in
            switch state {
            case .decided: return []
            case .open:
                state = .decided(result)
                return []
            case .awaited(let waiters):
                state = .decided(result)
                return waiters
            }
        }
        for waiter in waiters { waiter(result) }
    }

    func deliver(_ answer: Answer) {
        preconditionFailure("the engine delivers messages to streams only")
    }

    func restart() {}
}
