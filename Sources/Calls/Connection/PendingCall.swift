import Dispatch
import SwiftProtobuf
import Wire

/// A call under way. Waiting may be done as often as wanted, from any thread or task; all get the same answer.
package final class PendingCall<Response: Message>: Sendable {
    private let id: CallID
    private let method: String
    private let reply: Reply
    private let connection: Connection

    init(id: CallID, method: String, reply: Reply, connection: Connection) {
        (self.id, self.method, self.reply, self.connection) = (id, method, reply, connection)
    }

    /// Waits for the answer, blocking the thread.
    @available(*, noasync, message: "blocks the thread; use value() in Swift tasks")
    package func wait() throws(RPCError) -> (Response, bulk: [UInt8]) {
        let box = ResultBox()
        let semaphore = DispatchSemaphore(value: 0)
        reply.whenDecided { result in
            box.put(result)
            semaphore.signal()
        }
        semaphore.wait()
        return try decoded(box.take())
    }

    /// Waits for the answer; cancelling the task cancels the call.
    package func value() async throws(RPCError) -> (Response, bulk: [UInt8]) {
        // Cancelling may come before the waiter is there: the reply keeps it for the waiter.
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                reply.whenDecided { continuation.resume(returning: $0) }
            }
        } onCancel: {
            cancel()
        }
        return try decoded(result)
    }

    /// Gives the call up: its waiters get CANCELLED at once, and the broker is told. Nothing happens if it has ended.
    package func cancel() {
        reply.finish(.failure(RPCError(.cancelled, "the call of \(method) was cancelled")))
        connection.cancel(id)
    }

    private func decoded(_ result: Result<Answer, RPCError>) throws(RPCError) -> (Response, bulk: [UInt8]) {
        let answer = try result.get()
        return (try decodeAnswer(answer.payload, of: method), answer.bulk)
    }
}

/// Decodes what a broker answered; that it cannot be read is the broker's fault and no caller's.
func decodeAnswer<Response: Message>(_ payload: [UInt8], of method: String) throws(RPCError) -> Response {
    do throws(RPCError) {
        return try decode(Response.self, from: payload, what: "the broker's answer to \(method)")
    } catch {
        throw RPCError(.internal, error.message)
    }
}
