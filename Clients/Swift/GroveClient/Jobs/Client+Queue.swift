import Calls

extension Client {
    /// Opens or closes the gate of the queue, or of a worker.
    /// - Parameter worker: its name; empty for the queue.
    /// - Throws: NOT_FOUND for a worker that the broker has not seen.
    @discardableResult
    public func set(_ gate: Grove_V1_Gate, worker: String = "") async throws(RPCError) -> Grove_V1_QueueStatus {
        var request = Grove_V1_SetGateRequest()
        (request.gate, request.worker) = (gate, worker)
        return try await call(Method.queueSet, request)
    }

    /// Whether jobs are taken and begun, and how many there are.
    public func queueStatus() async throws(RPCError) -> Grove_V1_QueueStatus {
        try await call(Method.queueGet, Grove_V1_GetQueueRequest())
    }
}
