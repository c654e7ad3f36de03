import SwiftProtobuf
import Wire

// Both faces of a call: one for plain threads, one for Swift tasks. In a task only the second can be written.
extension Connection {
    /// Calls and waits for the answer.
    /// - Throws: the status that the call ended with; DEADLINE_EXCEEDED after `timeout`, UNAVAILABLE without a broker.
    @available(*, noasync, message: "blocks the thread; write 'try await' for the asynchronous call")
    package func call<Request: Message, Response: Message>(
        _ method: String, _ request: Request, returning: Response.Type = Response.self, bulk: [UInt8] = [],
        timeout: Duration, patience: Duration?? = .none
    ) throws(RPCError) -> (Response, bulk: [UInt8]) {
        let call = begin(method, request, returning: returning, bulk: bulk, timeout: timeout, patience: patience)
        return try call.wait()
    }

    /// Calls and waits for the answer; cancelling the task cancels the call.
    /// - Throws: the status that the call ended with; DEADLINE_EXCEEDED after `timeout`, UNAVAILABLE without a broker,
    ///   CANCELLED when the task was.
    package func call<Request: Message, Response: Message>(
        _ method: String, _ request: Request, returning: Response.Type = Response.self, bulk: [UInt8] = [],
        timeout: Duration, patience: Duration?? = .none
    ) async throws(RPCError) -> (Response, bulk: [UInt8]) {
        let call = begin(method, request, returning: returning, bulk: bulk, timeout: timeout, patience: patience)
        return try await call.value()
    }

    /// Waits until there is a session.
    /// - Throws: UNAVAILABLE after `timeout`, or what the broker has against us.
    @available(*, noasync, message: "blocks the thread; write 'try await' for the asynchronous call")
    package func waitUntilConnected(timeout: Duration) throws(RPCError) {
        _ = try beginConnecting(timeout: timeout).wait()
    }

    /// Waits until there is a session.
    /// - Throws: UNAVAILABLE after `timeout`, or what the broker has against us.
    package func waitUntilConnected(timeout: Duration) async throws(RPCError) {
        _ = try await beginConnecting(timeout: timeout).value()
    }
}
