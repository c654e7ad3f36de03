import Transport
import Wire

/// The bytes that were handed to ZeroMQ for each peer and that it may not have read yet. ZeroMQ does not tell; a PING
/// after them does, for its PONG comes when all before it was read.
struct Unconfirmed {
    private struct Account {
        /// The bytes before each PING that has not been answered, oldest first, and those after the last.
        var beforePings: [Int] = []
        var since = 0

        var bytes: Int { beforePings.reduce(since, +) }
    }

    private var accounts: [PeerID: Account] = [:]
    private var total = 0
    private var nextPings = Duration.zero

    /// After so many bytes a peer is sent a PING.
    static let bytesPerPing = 1 << 20
    /// While all peers together have more than `crowded`, each may have `share` at most. Otherwise only ZeroMQ's bound on
    /// messages counts, so that a peer need not answer every PING to be served.
    static let crowded = 128 << 20
    static let share = 1 << 20
    /// What ZeroMQ's queue of one peer can hold: a peer that answers no PING is not held to have more unread than that.
    static let most = 26 << 20
    /// PINGs that are told apart, of a peer that answers none.
    private static let mostPings = 64
    /// Peers that have not confirmed much are asked now and then, so that those that are gone are noticed. Less than that is
    /// forgotten, for most peers have a few answers and go.
    private static let pingInterval = Duration.seconds(10)
    private static let much = 64 << 10

    func mayTakeMore(_ peer: PeerID) -> Bool {
        total <= Self.crowded || (accounts[peer]?.bytes ?? 0) < Self.share
    }

    func needsPing(_ peer: PeerID) -> Bool { (accounts[peer]?.since ?? 0) >= Self.bytesPerPing }

    /// Counts a message that was handed over.
    mutating func add(_ message: WireMessage, for peer: PeerID) {
        var account = accounts[peer] ?? Account()
        let before = account.bytes
        account.since += message.bytes
        if message.type == .ping {
            account.beforePings.append(account.since)
            account.since = 0
        }
        while account.bytes > Self.most, !account.beforePings.isEmpty { account.beforePings.removeFirst() }
        if account.beforePings.count > Self.mostPings {
            account.beforePings[1] += account.beforePings.removeFirst()
        }
        total += account.bytes - before
        accounts[peer] = account
    }

    mutating func confirm(_ peer: PeerID) {
        guard var account = accounts[peer], !account.beforePings.isEmpty else { return }
        total -= account.beforePings.removeFirst()
        accounts[peer] = account.beforePings.isEmpty && account.since == 0 ? nil : account
    }

    mutating func forget(_ peer: PeerID) {
        guard let account = accounts.removeValue(forKey: peer) else { return }
        total -= account.bytes
    }

    /// The peers that are to be sent a PING now.
    mutating func dueForPing(now: Duration) -> [PeerID] {
        guard !accounts.isEmpty, nextPings <= now else { return [] }
        nextPings = now + Self.pingInterval
        for (peer, account) in accounts where account.bytes < Self.much { forget(peer) }
        return Array(accounts.keys)
    }
}
