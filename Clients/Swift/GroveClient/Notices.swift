import Calls
import Synchronization

/// Turns what happens to the connection into the two sentences that people care for: gone, and back.
final class Notices: Sendable {
    private let endpoint: String
    private let tell: @Sendable (String) -> Void
    private let isLost = Mutex(false)

    init(endpoint: String, tell: @escaping @Sendable (String) -> Void) {
        (self.endpoint, self.tell) = (endpoint, tell)
    }

    func note(_ event: ConnectionEvent) {
        switch event {
        case .sessionLost(let reason):
            isLost.withLock { $0 = true }
            tell("\(reason); trying to reach it again")
        case .sessionBegan:
            let wasLost = isLost.withLock { lost in
                defer { lost = false }
                return lost
            }
            if wasLost { tell("the broker at \(endpoint) is back") }
        case .unanswered: break  // The call that needs a broker says it.
        case .ignored(let what): tell("the broker at \(endpoint) sent something that was left aside: \(what)")
        }
    }
}
