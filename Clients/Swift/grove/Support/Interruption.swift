import GroveClient
import UnixSignals

/// Ctrl-C as something to be told of instead of an end.
enum Interruption {
    private enum Outcome<Value: Sendable>: Sendable {
        case done(Value)
        case interrupted
    }

    /// Runs `body` to its end, or until Ctrl-C or SIGTERM, which cancels it.
    /// - Returns: `nil` when interrupted.
    static func guarding<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value? {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: Outcome<Value>.self) { group in
            group.addTask { .done(try await body()) }
            group.addTask {
                for await _ in signals { return .interrupted }
                return .interrupted
            }
            defer { group.cancelAll() }
            switch try await group.next() {
            case .done(let value): return value
            case .interrupted, nil: return nil
            }
        }
    }
}
