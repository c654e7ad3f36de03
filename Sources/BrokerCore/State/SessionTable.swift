import Transport
import Wire

/// Who is connected, and which workers there have been.
struct SessionTable: Sendable {
    /// A worker by its name, kept after it has left.
    struct KnownWorker: Hashable, Sendable {
        var description: Grove_V1_WorkerDescription
        var lastSeenMS: Int64
    }

    private(set) var sessions: [PeerID: Session] = [:]
    private(set) var workers: [String: KnownWorker] = [:]
    /// When a peer was last sent an ERROR, on the monotonic clock.
    private var errors: [PeerID: Duration] = [:]

    static let maximumSessions = 10_000
    static let maximumWorkers = 1000
    /// At most one ERROR a peer in this time, so that two confused programs cannot keep each other busy.
    static let errorInterval = Duration.seconds(1)

    subscript(peer: PeerID) -> Session? { sessions[peer] }

    /// Takes a peer in.
    ///
    /// A worker that lost its connection comes back on a new one before the broker has noticed. The old one counts for
    /// nothing until it is heard again, but is not ended: HELLO proves nothing about who says it.
    /// - Throws: `RPCError` when the broker is full.
    mutating func begin(_ session: Session, peer: PeerID, now: Now) throws(RPCError) {
        guard sessions[peer] != nil || sessions.count < Self.maximumSessions else {
            throw RPCError(
                .resourceExhausted, "the broker has \(Self.maximumSessions) connections, its limit; close some of them",
                retryAfter: .seconds(5))
        }
        if session.worker != nil {
            for (other, known) in sessions where other != peer && known.incarnation == session.incarnation {
                sessions[other]?.isSuperseded = true
            }
        }
        let notedAt = sessions[peer]?.notedAt
        sessions[peer] = session
        sessions[peer]?.notedAt = notedAt
        errors[peer] = nil
        heard(peer, now: now)
    }

    /// Whether the log may tell of the peer now; if so, it counts as told. At most once a second.
    mutating func mayNote(_ peer: PeerID, now: Duration) -> Bool {
        if let last = sessions[peer]?.notedAt, now < last + Self.errorInterval { return false }
        sessions[peer]?.notedAt = now
        return true
    }

    /// Something came from the peer.
    mutating func heard(_ peer: PeerID, now: Now) {
        sessions[peer]?.lastHeard = now.monotonic
        sessions[peer]?.isSuperseded = false
        guard let worker = sessions[peer]?.worker else { return }
        if workers[worker.name] == nil, workers.count >= Self.maximumWorkers { forgetOldestWorker() }
        workers[worker.name] = KnownWorker(description: worker, lastSeenMS: now.wallMS)
    }

    mutating func end(_ peer: PeerID) {
        sessions[peer] = nil
    }

    /// Takes some time off everybody's silence.
    mutating func forgive(_ time: Duration) {
        for peer in sessions.keys { sessions[peer]?.lastHeard += time }
    }

    /// Ends the sessions that have been silent for `timeout`.
    mutating func endSilent(for timeout: Duration, now: Duration) -> [PeerID] {
        let silent = sessions.filter { $0.value.lastHeard + timeout <= now }.map(\.key)
        for peer in silent { sessions[peer] = nil }
        return silent
    }

    /// When the next session would be ended for its silence.
    func nextSilence(after timeout: Duration) -> Duration? {
        sessions.values.map { $0.lastHeard + timeout }.min()
    }

    /// Whether the peer may be sent an ERROR now; if so, it counts as sent.
    mutating func mayComplain(to peer: PeerID, now: Duration) -> Bool {
        if let last = errors[peer], now < last + Self.errorInterval { return false }
        if errors.count >= Self.maximumSessions {
            errors = errors.filter { now < $0.value + Self.errorInterval }
            // Thousands of strangers within a second: they get nothing.
            if errors.count >= Self.maximumSessions { return false }
        }
        errors[peer] = now
        return true
    }

    /// What connected workers say of themselves.
    private var presentWorkers: [Grove_V1_WorkerDescription] {
        sessions.values.compactMap { $0.isSuperseded ? nil : $0.worker }
    }

    /// The names of the workers that are connected.
    var connectedWorkers: Set<String> { Set(presentWorkers.map(\.name)) }

    /// Whether a worker of this incarnation is connected.
    func isConnected(_ incarnation: [UInt8]) -> Bool {
        sessions.values.contains { !$0.isSuperseded && $0.worker != nil && $0.incarnation == incarnation }
    }

    /// The slots of a kind that connected workers have.
    func slots(_ kind: Grove_V1_SlotKind, where isMeant: (String) -> Bool = { _ in true }) -> Int {
        presentWorkers.filter { isMeant($0.name) }.reduce(0) {
            $0 + Int(kind == .training ? $1.trainingSlots : $1.interactiveSlots)
        }
    }

    private mutating func forgetOldestWorker() {
        let connected = connectedWorkers
        let oldest = workers.filter { !connected.contains($0.key) }.min { $0.value.lastSeenMS < $1.value.lastSeenMS }
        if let oldest { workers[oldest.key] = nil }
    }
}
