import Synchronization
import Transport
import Wire

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A broker for one test: a real router on a free port that knows HELLO and PING, and for all else answers what the test
/// says.
final class FakeBroker: Sendable {
    /// What is answered to a REQUEST of this method with this payload; runs on the broker's thread.
    typealias Respond = @Sendable (_ method: String, _ request: WireMessage) throws -> [WireMessage]

    private enum Command: Sendable {
        case forgetEveryone
        case stop
    }

    let endpoint: String
    private let mailbox: Mailbox<Command>
    private let methods: Methods

    final class Methods: Sendable {
        private let names = Mutex<[String]>([])
        var all: [String] { names.withLock { $0 } }
        func add(_ name: String) { names.withLock { $0.append(name) } }
    }

    init(_ respond: @escaping Respond) throws {
        let wakeup = try Wakeup()
        let mailbox = Mailbox<Command>(wakeup: wakeup)
        let methods = Methods()
        let bound = Mutex<Result<String, any Error>?>(nil)
        _ = try SocketThread(name: "fake-broker") {
            do {
                let router = try Router(try ZeroMQContext())
                let endpoint = try router.bind("tcp://127.0.0.1:*")
                bound.withLock { $0 = .success(endpoint) }
                try Self.serve(router, wakeup, mailbox, methods, respond)
            } catch {
                bound.withLock { $0 = $0 ?? .failure(error) }
            }
        }
        var result: Result<String, any Error>?
        while result == nil {
            usleep(1000)
            result = bound.withLock { $0 }
        }
        endpoint = try (result ?? .success("")).get()
        (self.mailbox, self.methods) = (mailbox, methods)
    }

    deinit { mailbox.post(.stop) }

    /// The methods that were called, oldest first.
    var called: [String] { methods.all }

    /// As after a restart, seen from peers that are still connected.
    func forgetEveryone() { mailbox.post(.forgetEveryone) }

    private static func serve(
        _ router: Router, _ wakeup: Wakeup, _ mailbox: Mailbox<Command>, _ methods: Methods, _ respond: Respond
    ) throws {
        let poller = Poller(wakeup: wakeup)
        poller.watch(router)
        var known: Set<PeerID> = []
        while true {
            _ = try poller.wait()
            for command in mailbox.drain() {
                switch command {
                case .forgetEveryone: known = []
                case .stop: return
                }
            }
            while case .message(let peer, let frames) = try router.receive() {
                let message = try WireMessage(frames: frames)
                var replies: [WireMessage] = []
                switch message.type {
                case .hello:
                    known.insert(peer)
                    replies = [welcome]
                case _ where !known.contains(peer):
                    replies = [
                        WireMessage(.error, envelope: encode(RPCError(.unauthenticated, "say HELLO first").status))
                    ]
                case .ping: replies = [WireMessage(.pong)]
                case .request: replies = answers(to: message, methods, respond)
                default: break
                }
                for reply in replies { _ = try router.send(reply.frames, to: peer) }
            }
        }
    }

    private static func answers(to message: WireMessage, _ methods: Methods, _ respond: Respond) -> [WireMessage] {
        do {
            let head = try decode(Grove_V1_RequestHead.self, from: message.envelope, what: "a head")
            methods.add(head.method)
            return try respond(head.method, message)
        } catch {
            let problem = error as? RPCError ?? RPCError(.internal, "\(error)")
            return [WireMessage(.end, callID: message.callID, envelope: encode(problem.status))]
        }
    }

    private static let welcome: WireMessage = {
        var welcome = Grove_V1_Welcome()
        welcome.version = 1
        welcome.heartbeatIntervalMs = 50
        welcome.heartbeatTimeoutMs = 30_000
        welcome.limits = Limits.message
        return WireMessage(.welcome, envelope: encode(welcome))
    }()
}

extension WireMessage {
    /// The answer to `self`, a request.
    func answer(_ payload: [UInt8], bulk: [UInt8] = []) -> WireMessage {
        WireMessage(.end, callID: callID, envelope: encode(Grove_V1_Status()), payload: payload, bulk: bulk)
    }

    func data(_ sequence: Int, _ payload: [UInt8]) -> WireMessage {
        WireMessage(.data, callID: callID, sequence: UInt32(sequence), payload: payload)
    }

    func end(_ error: RPCError? = nil) -> WireMessage {
        WireMessage(.end, callID: callID, envelope: encode(error?.status ?? Grove_V1_Status()))
    }
}
