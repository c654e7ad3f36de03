import Wire

/// Where the connection's thread puts what comes back for one call.
protocol CallSink: AnyObject, Sendable {
    /// The next message of a stream.
    func deliver(_ answer: Answer)
    /// What was delivered and not yet taken will be delivered again.
    func restart()
    /// The call has ended. Only the first end counts.
    func finish(_ result: Result<Answer, RPCError>)
}
