import Wire

/// What the thread has to do for the engine, in the order given.
package enum EngineAction: Sendable {
    /// Open a socket and connect it; there is none at the moment.
    case connect
    /// Close the socket, with all that was not yet sent.
    case disconnect
    case send(WireMessage)
    /// The next message of a stream.
    case deliver(CallID, Answer)
    /// The stream begins anew in a new session: what was delivered and not yet taken will come again.
    case restart(CallID)
    /// The call has ended; it is forgotten. Streams end well with an empty answer.
    case finish(CallID, Result<Answer, RPCError>)
    case report(ConnectionEvent)
    /// All is done after a close: the thread may end.
    case stop
}
