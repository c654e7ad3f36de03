import SwiftProtobuf
import Transport
import Wire

/// A caller's connection to a broker: calls and streams, for threads that block and for Swift tasks alike.
///
/// It connects by itself, says HELLO, keeps the session alive, and after a loss connects again and repeats the calls
/// that are open. A thread of its own does all that; nothing here holds up the caller longer than it asked for. Closes
/// when the last reference goes.
package final class Connection: Sendable {
    package struct Options: Sendable {
        /// How long a call may be without a broker before it fails UNAVAILABLE, unless the call says otherwise; `nil`
        /// lets calls wait for their time-out.
        package var patience: Duration?
        /// How long HELLO may stay unanswered before the connection is made anew.
        package var greetingTimeout: Duration
        /// Share one context between the connections of a process; without one, the connection makes its own.
        package var context: ZeroMQContext?

        package init(
            patience: Duration? = .seconds(3), greetingTimeout: Duration = .seconds(3), context: ZeroMQContext? = nil
        ) {
            (self.patience, self.greetingTimeout, self.context) = (patience, greetingTimeout, context)
        }
    }

    package let endpoint: String
    private let patience: Duration?
    private let mailbox: Mailbox<ConnectionThread.Command>
    private let thread: SocketThread

    /// - Parameters:
    ///   - hello: who calls; the protocol versions are filled in.
    ///   - onEvent: called on the connection's thread: hand the event on, and never wait in it.
    /// - Throws: `RPCError` INVALID_ARGUMENT for an endpoint that is none, RESOURCE_EXHAUSTED when the system gives no
    ///   thread or descriptor. A broker that is not there is no error here: calls find out.
    package init(
        endpoint: String, hello: Grove_V1_Hello, options: Options = Options(),
        onEvent: @escaping @Sendable (ConnectionEvent) -> Void = { _ in }
    ) throws(RPCError) {
        var hello = hello
        hello.oldestVersion = UInt32(WireMessage.version)
        hello.newestVersion = UInt32(WireMessage.version)
        let settings = CallEngine.Settings(
            endpoint: endpoint, hello: hello, greetingTimeout: options.greetingTimeout, seed: .random(in: .min ... .max)
        )
        self.endpoint = endpoint
        patience = options.patience
        do {
            _ = try Endpoint(endpoint)
            let context = try options.context ?? ZeroMQContext()
            let wakeup = try Wakeup()
            let mailbox = Mailbox<ConnectionThread.Command>(wakeup: wakeup)
            self.mailbox = mailbox
            thread = try SocketThread(name: "grove-calls") {
                ConnectionThread(
                    context: context, wakeup: wakeup, mailbox: mailbox, settings: settings, onEvent: onEvent
                ).run()
            }
        } catch {
            throw Self.rpcError(error)
        }
    }

    deinit { mailbox.post(.close) }

    private static func rpcError(_ error: any Error) -> RPCError {
        guard let error = error as? TransportError else { return RPCError(.internal, "\(error)") }
        return switch error.kind {
        case .badEndpoint, .addressUnusable: RPCError(.invalidArgument, error.description)
        default: RPCError(.resourceExhausted, error.description)
        }
    }

    /// Ends all open calls with CANCELLED and tells the broker; later calls fail. For any thread; returns at once.
    package func close() { mailbox.post(.close) }

    /// As `close`, and waits (a fifth of a second at most) until it is done.
    @available(*, noasync, message: "blocks the thread; use close() in Swift tasks")
    package func closeAndWait() {
        mailbox.post(.close)
        thread.join()
    }

    // MARK: Beginning calls

    /// Sends a request; the answer is waited for with `wait()` or `value()` of what is returned, or given up with
    /// `cancel()`.
    ///
    /// Sent again under the same id after a loss of the connection, and when the broker answers UNAVAILABLE.
    /// - Parameters:
    ///   - method: one of `Method`.
    ///   - bulk: a piece of a blob.
    ///   - timeout: for the whole call, tries included; `nil` for as long as it takes.
    ///   - patience: overrides `Options.patience`; `.some(nil)` waits without a broker up to the time-out.
    package func begin<Request: Message, Response: Message>(
        _ method: String, _ request: Request, returning: Response.Type = Response.self, bulk: [UInt8] = [],
        metadata: [String: String] = [:], timeout: Duration?, patience: Duration?? = .none
    ) -> PendingCall<Response> {
        let reply = Reply()
        let call = CallRequest(
            id: .random(), shape: .unary, method: method, metadata: metadata, payload: encode(request), bulk: bulk,
            timeout: timeout, patience: patience ?? self.patience)
        post(call, reply)
        return PendingCall(id: call.id, method: method, reply: reply, connection: self)
    }

    /// Asks for a stream. It begins anew after a loss of the connection, from its first message on: consumers of
    /// numbered messages skip those they have seen.
    package func stream<Request: Message, Response: Message>(
        _ method: String, _ request: Request, returning: Response.Type = Response.self,
        metadata: [String: String] = [:], timeout: Duration? = nil, patience: Duration?? = .none
    ) -> MessageStream<Response> {
        let buffer = StreamBuffer()
        let call = CallRequest(
            id: .random(), shape: .serverStream, method: method, metadata: metadata, payload: encode(request),
            timeout: timeout, patience: patience ?? self.patience)
        post(call, buffer)
        return MessageStream(id: call.id, method: method, buffer: buffer, connection: self)
    }

    /// A pending call that ends well once there is a session, and UNAVAILABLE after `timeout`.
    package func beginConnecting(timeout: Duration) -> PendingCall<Grove_V1_DataHead> {
        let reply = Reply()
        let call = CallRequest(id: .random(), shape: .session, method: "HELLO", timeout: timeout, patience: nil)
        post(call, reply)
        return PendingCall(id: call.id, method: call.method, reply: reply, connection: self)
    }

    private func post(_ call: CallRequest, _ sink: any CallSink) {
        if !mailbox.post(.open(call, sink)) { sink.finish(.failure(CallEngine.closedError)) }
    }

    func cancel(_ id: CallID) { mailbox.post(.cancel(id)) }

    func took(_ count: Int, bytes: Int, of id: CallID) { mailbox.post(.took(count, bytes: bytes, of: id)) }
}
