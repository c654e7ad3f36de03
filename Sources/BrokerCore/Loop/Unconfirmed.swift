import Transport
import Wire

/// The bytes that were handed to ZeroMQ for each peer and that it may not have read yet. ZeroMQ does not tell; a PING
/// after them does, for its PONG comes when all before it was read.
struct Unconfirmed {
    /// Bytes that have been read when so many PONGs more have come.
    private struct Portion {
        var bytes: Int
        var pings = 1
    }

    private struct Account {
        /// What came before PINGs that have not been answered, oldest first, and the bytes after the last.
        var portions: [Portion] = []
        var since = 0

        var bytes: Int { portions.reduce(since) { $0 + $1.bytes } }
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
    /// Portions that are told apart, of a peer that answers no PING.
    private static let mostPortions = 64
    /// Peers that have not confirmed much are asked now and then, so that those that are gone are noticed. Less than that is
    /// forgotten, for most peers have a few answers and go.
    private static let pingInterval = Duration.seconds(10)
    private static let much = 64 << 10

    func bytes(of peer: PeerID) -> Int { accounts[peer]?.bytes ?? 0 }

    func mayTakeMore(_ peer: PeerID) -> Bool { total <= Self.crowded || bytes(of: peer) < Self.share }

    func needsPing(_ peer: PeerID) -> Bool { (accounts[peer]?.since ?? 0) >= Self.bytesPerPing }

    /// Counts a message that was handed over.
    mutating func add(_ message: WireMessage, for peer: PeerID) {
        var account = accounts[peer] ?? Account()
        let before = account.bytes
        account.since += message.bytes
        if message.type == .ping {
            account.portions.append(Portion(bytes: account.since))
            account.since = 0
        }
        while account.bytes > Self.most, !account.portions.isEmpty { account.portions.removeFirst() }
        if account.portions.count > Self.mostPortions {
            let oldest = account.portions.removeFirst()
            account.portions[0].bytes += oldest.bytes
            account.portions[0].pings += oldest.pings
        }
        total += account.bytes - before
        accounts[peer] = account
    }

    mutating func confirm(_ peer: PeerID) {
        guard var account = accounts[peer], !account.portions.isEmpty else { return }
        account.portions[0].pings -= 1
        if account.portions[0].pings == 0 { total -= account.portions.removeFirst().bytes }
        accounts[peer] = account.portions.isEmpty && account.since == 0 ? nil : account
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
