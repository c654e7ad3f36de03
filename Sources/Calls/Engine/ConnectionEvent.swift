/// What happens to a connection besides the answers to its calls; for logs, and for whoever must act on a new session.
package enum ConnectionEvent: Hashable, Sendable {
    /// HELLO was answered. Calls that were open are being sent again.
    case sessionBegan(Session)
    /// The broker fell silent, forgot us, or is about to stop; a new session is being sought.
    case sessionLost(reason: String)
    /// No broker has answered since the last of these; it is tried again.
    case unanswered(reason: String)
    /// Something came that the protocol does not allow, or that nobody waits for; it was thrown away.
    case ignored(what: String)
}

extension ConnectionEvent: CustomStringConvertible {
    /// For logs.
    package var description: String {
        switch self {
        case .sessionBegan(let session):
            "session with \(session.software.isEmpty ? "a broker" : session.software)"
                + (session.isNewEpoch ? "" : " again")
        case .sessionLost(let reason): "session lost: \(reason)"
        case .unanswered(let reason): reason
        case .ignored(let what): "ignored: \(what)"
        }
    }
}
