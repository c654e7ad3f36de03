/// When each user was last given a slot of a kind, counted in turns. Forgotten at a restart: then the oldest job begins.
struct UserTurns: Sendable {
    private struct Key: Hashable, Sendable {
        let user: String
        let slot: Int
    }

    private var lastTurns: [Key: UInt64] = [:]
    private var count: UInt64 = 0

    static let maximumUsers = 10_000

    /// 0 for one that was never served.
    func last(_ user: String, slot: Int) -> UInt64 { lastTurns[Key(user: user, slot: slot)] ?? 0 }

    mutating func serve(_ user: String, slot: Int) {
        count += 1
        lastTurns[Key(user: user, slot: slot)] = count
        guard lastTurns.count > Self.maximumUsers else { return }
        let middle = count - UInt64(Self.maximumUsers / 2)
        lastTurns = lastTurns.filter { $0.value > middle }
    }
}
