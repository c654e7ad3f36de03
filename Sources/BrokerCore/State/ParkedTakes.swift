import Transport
import Wire

/// Calls of `Work/Take` that wait for a job, first come first served.
struct ParkedTakes: Sendable {
    struct Take: Sendable {
        let key: CallKey
        let worker: String
        let incarnation: [UInt8]
        let free: [Grove_V1_SlotKind]
        /// Hashes of the models that the worker has in memory.
        let loaded: Set<String>
        /// When to say that there was none: before the caller itself gives up.
        let answerBy: Duration
    }

    private(set) var takes: [Take] = []

    static let maximumOfAPeer = 16

    var isEmpty: Bool { takes.isEmpty }

    /// - Throws: `RPCError` when the peer has too many.
    mutating func park(_ take: Take) throws(RPCError) {
        // Repeated over another connection, it is the same call.
        takes.removeAll { $0.key.callID == take.key.callID && $0.incarnation == take.incarnation }
        guard takes.count(where: { $0.key.peer == take.key.peer }) < Self.maximumOfAPeer else {
            throw RPCError(
                .resourceExhausted,
                "a worker may have \(Self.maximumOfAPeer) Work/Take calls open; wait for their answers")
        }
        takes.append(take)
    }

    /// - Returns: whether it was there.
    mutating func remove(_ key: CallKey) -> Bool {
        let count = takes.count
        takes.removeAll { $0.key == key }
        return takes.count < count
    }

    mutating func removeAll(of peer: PeerID) {
        takes.removeAll { $0.key.peer == peer }
    }

    mutating func removeDue(now: Duration) -> [Take] {
        let due = takes.filter { $0.answerBy <= now }
        takes.removeAll { $0.answerBy <= now }
        return due
    }

    var nextDeadline: Duration? { takes.map(\.answerBy).min() }
}
