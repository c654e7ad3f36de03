import Synchronization
import Wire

/// Messages of a stream between the connection's thread and their consumer. Bounded by the credit that the broker has,
/// since taking a message is what gives credit back.
final class StreamBuffer: CallSink {
    enum Next {
        case message(Answer)
        case end
        case failure(RPCError)
        /// Nothing yet.
        case empty
    }

    private struct State {
        var messages: [Answer] = []
        /// Messages before this index were taken.
        var head = 0
        var result: Result<Answer, RPCError>?
        var waiter: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Takes the next message. A failure comes after all that was delivered before it, except a cancellation, which
    /// drops the rest.
    func take() -> Next {
        state.withLock { state in
            if state.head < state.messages.count {
                defer { state.head += 1 }
                return .message(state.messages[state.head])
            }
            switch state.result {
            case .success: return .end
            case .failure(let error): return .failure(error)
            case nil: return .empty
            }
        }
    }

    /// Calls `body` once there is something to take: now, or later on the connection's thread.
    func whenReady(_ body: @escaping @Sendable () -> Void) {
        let isReady = state.withLock { state in
            if state.head < state.messages.count || state.result != nil { return true }
            precondition(state.waiter == nil, "a stream has one consumer; do not read it from two places at once")
            state.waiter = body
            return false
        }
        if isReady { body() }
    }

    func deliver(_ answer: Answer) {
        change { state in
            if state.head == state.messages.count {
                state.messages.removeAll(keepingCapacity: true)
                state.head = 0
            }
            state.messages.append(answer)
        }
    }

    func restart() {
        state.withLock { state in
            state.messages = []
            state.head = 0
        }
    }

    func finish(_ result: Result<Answer, RPCError>) {
        change { state in
            if state.result == nil { state.result = result }
        }
    }

    /// Ends it for the consumer, who does not want the rest.
    func cancel(_ error: RPCError) {
        change { state in
            guard state.result == nil else { return }
            state.result = .failure(error)
            state.messages = []
            state.head = 0
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let waiter = state.withLock { state in
            body(&state)
            let waiter = state.waiter
            state.waiter = nil
            return waiter
        }
        waiter?()
    }
}
