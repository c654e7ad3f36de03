import Wire

/// What broker and caller agreed on with HELLO and WELCOME. It ends with the connection, or when the broker forgets us.
package struct Session: Hashable, Sendable {
    /// Changes whenever the broker starts.
    package var serverEpoch: [UInt8]
    /// Whether it is another broker process than the one of the session before; true for the first session.
    package var isNewEpoch: Bool
    package var heartbeatInterval: Duration
    package var heartbeatTimeout: Duration
    /// DATA messages of a stream that the broker may send without CREDIT.
    package var streamCredit: Int
    /// The broker's software and version, for people.
    package var software: String

    /// Reads a WELCOME, putting what cannot be meant into bounds.
    init(_ welcome: Grove_V1_Welcome, previousEpoch: [UInt8]?) {
        serverEpoch = Array(welcome.serverEpoch)
        isNewEpoch = serverEpoch != previousEpoch
        let interval = min(max(welcome.heartbeatIntervalMs, 50), 60_000)
        heartbeatInterval = .milliseconds(Int64(interval))
        heartbeatTimeout = .milliseconds(Int64(min(max(welcome.heartbeatTimeoutMs, 2 * interval), 600_000)))
        let credit = Int(welcome.limits.streamCredit)
        streamCredit = credit == 0 ? Limits.streamCredit : min(credit, Limits.maximumStreamCredit)
        software = welcome.software
    }
}
