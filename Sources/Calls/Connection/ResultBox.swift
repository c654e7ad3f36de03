import Synchronization
import Wire

/// Carries a result from the connection's thread to a blocked one.
final class ResultBox: Sendable {
    private let result = Mutex<Result<Answer, RPCError>?>(nil)

    func put(_ value: Result<Answer, RPCError>) { result.withLock { $0 = value } }

    func take() -> Result<Answer, RPCError> {
        guard let value = result.withLock({ $0 }) else {
            preconditionFailure("a waiter was woken before there was a result")
        }
        return value
    }
}
