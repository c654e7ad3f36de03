import Foundation
import SwiftProtobuf
import Transport
import Wire

/// One connection of a client or a worker with nothing in between: an engine and a thread a peer would be measured
/// instead of the broker. Belongs to the thread that made it; keeps no calls and repeats nothing.
package final class WirePeer {
    let dealer: Dealer
    /// No load takes longer: what was lost ends as an error.
    private static let longestWait = Duration.seconds(300)
    private static let pingInterval = Duration.seconds(3)
    private var heads: [String: [UInt8]] = [:]
    /// Answers that came while another one was waited for.
    private var kept: [CallID: WireMessage] = [:]
    private var nextPing = MonotonicClock.now + WirePeer.pingInterval

    /// Connects and says HELLO; returns when the broker has answered.
    /// - Throws: `RPCError` UNAVAILABLE when it is not worth waiting for that any more.
    package init(
        _ context: ZeroMQContext, _ endpoint: String, _ hello: Grove_V1_Hello, options: SocketOptions = SocketOptions(),
        while isWorthWaiting: () -> Bool
    ) throws {
        dealer = try Dealer(context, options: options)
        try dealer.connect(endpoint)
        var hello = hello
        hello.oldestVersion = UInt32(WireMessage.version)
        hello.newestVersion = UInt32(WireMessage.version)
        let greeting = WireMessage(.hello, envelope: encode(hello))
        let poller = Poller()
        let end = MonotonicClock.now + Self.longestWait
        func require(_ isDone: () throws -> Bool) throws {
            repeat {
                guard isWorthWaiting(), MonotonicClock.now < end else {
                    throw RPCError(.unavailable, "the broker at \(endpoint) has ended, or says nothing")
                }
                _ = try poller.wait(atMost: .milliseconds(20))
            } while try !isDone()
        }
        poller.watch(dealer, for: .writable)
        try require { try dealer.send(greeting.frames) == .sent }
        poller.watch(dealer)
        try require { try receive()?.type == .welcome }
    }

    /// Begins a call; drops it where the connection takes no more, as a lost message would be.
    @discardableResult
    package func begin(
        _ method: String, _ request: some Message, id: CallID = .random(), bulk: [UInt8] = [],
        timeout: Duration = .zero
    ) throws -> CallID {
        let head = head(method, timeout)
        let message = WireMessage(.request, callID: id, envelope: head, payload: encode(request), bulk: bulk)
        _ = try dealer.send(message.frames)
        return id
    }

    package func send(_ message: WireMessage) throws { try send(frames: message.frames) }

    /// Sends frames that need not be a message.
    @discardableResult
    package func send(frames: [[UInt8]]) throws -> Dealer.SendOutcome { try dealer.send(frames) }

    /// The next message, if one has come.
    package func receive() throws -> WireMessage? {
        guard case .message(let frames)? = try dealer.receive() else { return nil }
        return try WireMessage(frames: frames)
    }

    package func close() { dealer.close() }

    /// Calls and waits.
    /// - Throws: the `RPCError` that the call ended with, or DEADLINE_EXCEEDED.
    package func call<Response: Message>(
        _ method: String, _ request: some Message, returning: Response.Type = Response.self, bulk: [UInt8] = [],
        timeout: Duration = .seconds(60)
    ) throws -> Response {
        let id = try begin(method, request, bulk: bulk, timeout: timeout)
        let end = MonotonicClock.now + timeout
        guard let message = try answer(to: id, while: { MonotonicClock.now < end }) else {
            throw RPCError(.deadlineExceeded, "\(method) was not answered within \(timeout)")
        }
        return try Self.response(message)
    }

    /// Waits for the END of a call; that of another one is kept until it is waited for.
    /// - Returns: `nil` when it is not worth waiting any more.
    /// - Throws: `RPCError` DEADLINE_EXCEEDED when it does not come, although it is.
    package func answer(
        to id: CallID, while isWorthWaiting: () -> Bool = { true }
    ) throws -> WireMessage? {
        let poller = Poller()
        poller.watch(dealer)
        let end = MonotonicClock.now + Self.longestWait
        repeat {
            let now = MonotonicClock.now
            guard now < end else { throw RPCError(.deadlineExceeded, "no answer to \(id)") }
            if now >= nextPing {
                // A broker forgets who says nothing.
                try send(WireMessage(.ping))
                nextPing = now + Self.pingInterval
            }
            while let message = try receive() {
                if message.type == .end { kept[message.callID] = message }
            }
            if let answer = kept.removeValue(forKey: id) { return answer }
            _ = try poller.wait(atMost: .milliseconds(20))
        } while isWorthWaiting()
        return nil
    }

    /// What an END says.
    package static func response<Response: Message>(
        _ message: WireMessage, as type: Response.Type = Response.self
    ) throws -> Response {
        let status = try decode(Grove_V1_Status.self, from: message.envelope, what: "the status")
        if let error = RPCError(status) { throw error }
        return try decode(type, from: message.payload, what: "the response")
    }

    private func head(_ method: String, _ timeout: Duration) -> [UInt8] {
        if timeout == .zero, let known = heads[method] { return known }
        var head = Grove_V1_RequestHead()
        head.method = method
        head.timeoutUs = UInt64(timeout / .microseconds(1))
        let bytes = encode(head)
        if timeout == .zero { heads[method] = bytes }
        return bytes
    }
}

extension Grove_V1_Hello {
    package static func client(_ name: String = "load") -> Grove_V1_Hello {
        var hello = Grove_V1_Hello()
        (hello.role, hello.name) = (.client, name)
        return hello
    }

    package static func worker(_ name: String, slots: Int) -> Grove_V1_Hello {
        var hello = Grove_V1_Hello()
        (hello.role, hello.name) = (.worker, name)
        hello.worker.name = name
        hello.worker.incarnation = Data((0..<16).map { _ in UInt8.random(in: .min ... .max) })
        hello.worker.interactiveSlots = UInt32(slots)
        return hello
    }
}
