import Dispatch
import SwiftProtobuf
import Wire

/// A server's stream: for one consumer, which reads it with `for try await` in a task, or with `next()` on a plain
/// thread. The broker sends no more than the consumer takes. The call is cancelled when the stream goes out of use.
package final class MessageStream<Element: Message>: Sendable, AsyncSequence {
    private let id: CallID
    private let method: String
    private let buffer: StreamBuffer
    private let connection: Connection

    init(id: CallID, method: String, buffer: StreamBuffer, connection: Connection) {
        (self.id, self.method, self.buffer, self.connection) = (id, method, buffer, connection)
    }

    deinit { connection.cancel(id) }

    /// Waits for the next message, blocking the thread; `nil` after the last.
    @available(*, noasync, message: "blocks the thread; read the stream with 'for try await' in Swift tasks")
    package func next() throws(RPCError) -> Element? {
        while true {
            let next = buffer.take()
            if case .empty = next {
                let semaphore = DispatchSemaphore(value: 0)
                buffer.whenReady { semaphore.signal() }
                semaphore.wait()
            } else {
                return try element(next)
            }
        }
    }

    /// Ends the stream: the consumer gets CANCELLED, and the broker is told. Nothing happens if it has ended.
    package func cancel() {
        buffer.cancel(RPCError(.cancelled, "the stream of \(method) was cancelled"))
        connection.cancel(id)
    }

    private func element(_ next: StreamBuffer.Next) throws(RPCError) -> Element? {
        switch next {
        case .message(let answer):
            connection.took(1, bytes: answer.payload.count, of: id)
            return try decodeAnswer(answer.payload, of: method)
        case .end, .empty: return nil
        case .failure(let error): throw error
        }
    }

    fileprivate func nextInTask() async throws(RPCError) -> Element? {
        while true {
            let next = buffer.take()
            guard case .empty = next else { return try element(next) }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    buffer.whenReady { continuation.resume() }
                }
            } onCancel: {
                cancel()
            }
        }
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let stream: MessageStream

        package func next() async throws(RPCError) -> Element? { try await stream.nextInTask() }

        package func next(isolation actor: isolated (any Actor)?) async throws(RPCError) -> Element? {
            try await stream.nextInTask()
        }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: self) }
}
