import Wire

/// What a worker asks of the broker. Calls block: they are made on the worker's own threads, never on the
/// cooperative pool. Tests put a broker in memory behind it.
package protocol BrokerLink: Sendable {
    /// Drawn at each start of the worker: what it took is its own by this.
    var incarnation: [UInt8] { get }
    /// A job for one of the free slots, or nil when there was none in that time.
    /// - Parameter loaded: hashes of the models in memory; jobs for them come sooner.
    func take(
        _ free: [Grove_V1_SlotKind], loaded: [String], within time: Duration
    ) throws(RPCError) -> Grove_V1_Assignment?
    /// Renews leases; answers which attempts must stop.
    func heartbeat(_ reports: [Grove_V1_AttemptReport]) throws(RPCError) -> Grove_V1_HeartbeatResponse
    func log(_ attempt: Grove_V1_AttemptId, lines: [String]) throws(RPCError)
    /// Every blob that it names was uploaded before.
    func checkpoint(_ request: Grove_V1_CheckpointRequest) throws(RPCError)
    /// Ends an attempt; every blob that it names was uploaded before.
    func complete(_ request: Grove_V1_CompleteRequest) throws(RPCError) -> Grove_V1_CompleteResponse
    /// Answers the SHA-256 under which the bytes are kept.
    func upload(_ bytes: [UInt8]) throws(RPCError) -> String
    func download(sha256: String, size: UInt64) throws(RPCError) -> [UInt8]
}
