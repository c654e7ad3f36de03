import Transport
import Wire

/// One open stream to a peer.
struct Stream: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// The job at each change; what was missed for want of credit is made up by the newest.
        case watch
        /// Lines from `next` on. They are read from the store when there is credit, so none is missed.
        case log(next: Int, follow: Bool)
    }

    let key: CallKey
    let jobID: String
    var kind: Kind
    /// The DATA messages that may still be sent.
    var credit = Limits.streamCredit
    /// The number of the next one.
    private(set) var sequence: UInt32 = 0
    /// The bytes of each message that was sent and that no CREDIT has answered, oldest first.
    private var underWay: [Int] = []
    private var bytesUnderWay = 0
    /// Whether there may be something to send.
    var isDirty = true
    var deadline: Duration?

    init(key: CallKey, jobID: String, kind: Kind, deadline: Duration?) {
        self.key = key
        self.jobID = jobID
        self.kind = kind
        self.deadline = deadline
    }

    /// Whether a message may be sent: there is credit, and the peer has not too many bytes to take yet.
    var maySend: Bool { credit > 0 && (bytesUnderWay < Limits.streamBytes || underWay.isEmpty) }

    /// Whether there is something that may be sent.
    var isReady: Bool { isDirty && maySend }

    /// Counts a message that is sent.
    /// - Returns: its number.
    mutating func send(bytes: Int) -> UInt32 {
        defer { sequence &+= 1 }
        credit -= 1
        underWay.append(bytes)
        bytesUnderWay += bytes
        return sequence
    }

    /// The peer has taken so many messages, the oldest ones, and takes so many more.
    mutating func addCredit(_ messages: Int) {
        credit = min(credit + messages, Limits.maximumStreamCredit)
        let taken = min(messages, underWay.count)
        bytesUnderWay -= underWay.prefix(taken).reduce(0, +)
        underWay.removeFirst(taken)
    }
}

/// All open streams.
struct StreamTable: Sendable {
    private var streams: [CallKey: Stream] = [:]
    private var byJob: [String: Set<CallKey>] = [:]

    static let maximumOfAPeer = 256

    subscript(key: CallKey) -> Stream? { streams[key] }

    var keys: [CallKey] { Array(streams.keys) }

    /// A repeated request for the same call starts the stream anew.
    mutating func open(_ stream: Stream) throws(RPCError) {
        _ = remove(stream.key)
        guard streams.keys.count(where: { $0.peer == stream.key.peer }) < Self.maximumOfAPeer else {
            throw RPCError(
                .resourceExhausted, "a connection may have \(Self.maximumOfAPeer) streams open; close some first")
        }
        streams[stream.key] = stream
        byJob[stream.jobID, default: []].insert(stream.key)
    }

    mutating func update(_ stream: Stream) {
        guard streams[stream.key] != nil else { return }
        streams[stream.key] = stream
    }

    /// - Returns: whether it was there.
    mutating func remove(_ key: CallKey) -> Bool {
        guard let stream = streams.removeValue(forKey: key) else { return false }
        byJob[stream.jobID]?.remove(key)
        if byJob[stream.jobID]?.isEmpty == true { byJob[stream.jobID] = nil }
        return true
    }

    mutating func removeAll(of peer: PeerID) {
        for key in streams.keys.filter({ $0.peer == peer }) { _ = remove(key) }
    }

    mutating func addCredit(_ messages: UInt32, to key: CallKey) {
        streams[key]?.addCredit(Int(min(messages, 1 << 20)))
    }

    /// The job, or its log, has changed.
    mutating func touch(_ jobID: String) {
        for key in byJob[jobID] ?? [] { streams[key]?.isDirty = true }
    }

    /// Those to which something can be sent now, in a fixed order.
    var ready: [Stream] {
        streams.values.filter(\.isReady)
            .sorted { $0.key.callID < $1.key.callID }
    }

    /// Whether there is work without anything happening.
    var hasReady: Bool { streams.values.contains(where: \.isReady) }

    mutating func removeDue(now: Duration) -> [CallKey] {
        let due = streams.values.filter { $0.deadline.map { $0 <= now } ?? false }.map(\.key)
        for key in due { _ = remove(key) }
        return due
    }

    var nextDeadline: Duration? { streams.values.compactMap(\.deadline).min() }
}
