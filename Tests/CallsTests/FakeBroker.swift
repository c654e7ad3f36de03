import Dispatch
import Synchronization
import Testing
import Transport
import Wire

@testable import Calls

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A broker for one test: a real router on a free port, which knows HELLO, PING and whoever said HELLO, and otherwise
/// answers what the test says.
final class FakeBroker: Sendable {
    /// What a test wants done with a call; runs on the broker's thread.
    typealias Respond = @Sendable (WireMessage) -> [WireMessage]

    private enum Command: Sendable {
        case send([[UInt8]])
        case forgetEveryone
        case hang(Bool)
        case stop
    }

    let endpoint: String
    private let thread: SocketThread
    private let mailbox: Mailbox<Command>
    private let log: SharedLog

    /// - Parameter endpoint: a wild card for a free port, or that of a broker which was stopped.
    init(
        at endpoint: String = "tcp://127.0.0.1:*", epoch: UInt8 = 1, interval: UInt32 = 50, timeout: UInt32 = 30_000,
        credit: UInt32 = 4, respond: @escaping Respond
    ) throws {
        let wakeup = try Wakeup()
        let mailbox = Mailbox<Command>(wakeup: wakeup)
        let bound = Mutex<Result<String, any Error>?>(nil)
        let log = SharedLog()
        let welcome = WireMessage.welcome(epoch: epoch, interval: interval, timeout: timeout, credit: credit)
        let thread = try SocketThread(name: "fake-broker") {
            do {
                let context = try ZeroMQContext()
                let router = try Self.bind(endpoint, context)
                bound.withLock { $0 = .success(router.endpoint) }
                try Self.serve(router.router, wakeup, mailbox, welcome, log, respond)
            } catch {
                bound.withLock { $0 = $0 ?? .failure(error) }
            }
        }
        while bound.withLock({ $0 == nil }) { sleepBriefly() }
        guard let result = bound.withLock({ $0 }) else { throw GaveUp() }
        self.endpoint = try result.get()
        (self.thread, self.mailbox, self.log) = (thread, mailbox, log)
    }

    /// A port of a broker that was just stopped is free only once its context has ended.
    private static func bind(_ endpoint: String, _ context: ZeroMQContext) throws -> (router: Router, endpoint: String)
    {
        let router = try Router(context)
        for _ in 0..<500 {
            do {
                return (router, try router.bind(endpoint))
            } catch let error as TransportError where error.kind == .addressInUse {
                sleepBriefly()
            }
        }
        return (router, try router.bind(endpoint))
    }

    private static func serve(
        _ router: Router, _ wakeup: Wakeup, _ mailbox: Mailbox<Command>, _ welcome: WireMessage, _ log: SharedLog,
        _ respond: Respond
    ) throws {
        let poller = Poller(wakeup: wakeup)
        poller.watch(router)
        var known: Set<PeerID> = []
        var last: PeerID?
        var isHung = false
        while true {
            let ready = try poller.wait()
            if ready.wasWoken {
                for command in mailbox.drain() {
                    switch command {
                    case .send(let frames): if let last { _ = try router.send(frames, to: last) }
                    case .forgetEveryone: known = []
                    case .hang(let value): (isHung, known) = (value, [])
                    case .stop:
                        poller.forget(router)
                        router.close()
                        return
                    }
                }
            }
            while case .message(let peer, let frames) = try router.receive() {
                let message = try WireMessage(frames: frames)
                log.append(message)
                last = peer
                var replies: [WireMessage]
                switch message.type {
                case .hello:
                    known.insert(peer)
                    replies = [welcome]
                case _ where !isHung && !known.contains(peer): replies = [.sayHello]
                case _ where isHung: replies = []
                case .ping: replies = [WireMessage(.pong)]
                default: replies = respond(message)
                }
                for reply in replies { _ = try router.send(reply.frames, to: peer) }
            }
        }
    }

    /// Everything that came, oldest first.
    var received: [WireMessage] { log.messages }

    func received(_ type: MessageType) -> [WireMessage] { received.filter { $0.type == type } }

    /// Sends to whoever spoke last.
    func send(_ message: WireMessage) { mailbox.post(.send(message.frames)) }

    func send(frames: [[UInt8]]) { mailbox.post(.send(frames)) }

    /// As after a restart, seen from peers that are still connected.
    func forgetEveryone() { mailbox.post(.forgetEveryone) }

    /// Answers nothing but HELLO from now on, until `recover`.
    func hang() { mailbox.post(.hang(true)) }

    /// Answers again, and knows nobody any more: what came meanwhile was lost.
    func recover() { mailbox.post(.hang(false)) }

    /// Waits until it is gone and its port is free.
    func stop() {
        mailbox.post(.stop)
        thread.join()
    }

    deinit { mailbox.post(.stop) }
}

final class SharedLog: Sendable {
    private let log = Mutex<[WireMessage]>([])

    var messages: [WireMessage] { log.withLock { $0 } }

    func append(_ message: WireMessage) { log.withLock { $0.append(message) } }
}

struct GaveUp: Error {}

/// Waits, without holding up a thread, until something is so; the bound only turns a defect into a failure.
func eventually(
    _ what: String, _ isSo: () throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let end = MonotonicClock.now + .seconds(60)
    while try !isSo() {
        guard MonotonicClock.now < end else {
            Issue.record("gave up waiting: \(what)", sourceLocation: sourceLocation)
            throw GaveUp()
        }
        try await Task.sleep(for: .milliseconds(2))
    }
}

func sleepBriefly() { usleep(2000) }

/// Runs what blocks on a thread that may be blocked.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
    }
}
