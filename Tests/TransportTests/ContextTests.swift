import Testing

@testable import Transport

#if canImport(Glibc)
import Glibc
#endif

@Suite("Contexts and errors")
struct ContextTests {
    @Test("an address in use gives a sentence that says what to do")
    func addressInUse() throws {
        let pair = try Pair()
        let second = try Router(pair.context)
        let error = try #require(throws: TransportError.self) { try second.bind(pair.endpoint) }
        #expect(error.kind == .addressInUse)
        #expect(
            error.description
                == "address \(pair.endpoint) is in use; another broker may be running, choose another with --bind")
        // The socket is as good as before.
        _ = try second.bind("tcp://127.0.0.1:*")
    }

    @Test("an IPC path in use is an error, which libzmq does not report")
    func pathInUse() throws {
        let pair = try Pair(at: "ipc://*")
        let error = #expect(throws: TransportError.self) { try Router(pair.context).bind(pair.endpoint) }
        #expect(error?.kind == .addressInUse)
    }

    @Test(
        "what cannot be bound is told apart",
        arguments: [
            ("nonsense", TransportError.Kind.badEndpoint),
            ("tcp://127.0.0.1", .badEndpoint),
            ("tcp://127.0.0.1:65536", .badEndpoint),
            ("tcp://127.0.0.1:+80", .badEndpoint),
            ("tcp://127.0.0.1:", .badEndpoint),
            ("tcp://:5555", .badEndpoint),
            ("gopher://here", .badEndpoint),
            ("tcp://192.0.2.1:5555", .addressUnusable),
            ("ipc:///no/such/directory/socket", .addressUnusable),
            ("ipc:///" + String(repeating: "a", count: 200), .addressUnusable),
        ])
    func badAddresses(endpoint: String, kind: TransportError.Kind) throws {
        let router = try Router(try ZeroMQContext())
        let error = try #require(throws: TransportError.self) { try router.bind(endpoint) }
        #expect(error.kind == kind, "\(error)")
        #expect(error.description.contains(endpoint))
        #expect(!error.isRetriable)
    }

    @Test(
        "what only this machine reaches is known",
        arguments: [
            ("tcp://127.0.0.1:5555", true), ("tcp://127.9.9.9:*", true), ("tcp://[::1]:5555", true),
            ("tcp://localhost:5555", true), ("ipc:///run/grove", true), ("inproc://grove", true),
            ("tcp://*:5555", false), ("tcp://0.0.0.0:5555", false), ("tcp://[::]:5555", false),
            ("tcp://192.0.2.1:5555", false), ("tcp://127.0.0.1.example.org:5555", false),
        ])
    func loopback(endpoint: String, isLoopback: Bool) throws {
        #expect(try Endpoint(endpoint).isLoopback == isLoopback)
    }

    @Test(
        "IPv6 is for addresses and names that may need it",
        arguments: [
            ("tcp://127.0.0.1:5555", false), ("tcp://0.0.0.0:5555", false), ("tcp://localhost:5555", false),
            ("ipc:///run/grove", false), ("tcp://*:5555", true), ("tcp://[::1]:5555", true),
            ("tcp://broker.example.org:5555", true),
        ])
    func family(endpoint: String, usesIPv6: Bool) throws {
        #expect(try Endpoint(endpoint).usesIPv6 == usesIPv6)
    }

    @Test("a dealer refuses what is no endpoint")
    func badConnect() throws {
        let dealer = try Dealer(try ZeroMQContext())
        let error = try #require(throws: TransportError.self) { try dealer.connect("tcp:/127.0.0.1:5") }
        #expect(error.kind == .badEndpoint)
    }

    @Test("a context ends with its sockets, closed or merely let go of, whatever they still hold")
    func termination() throws {
        weak var ended: ZeroMQContext?
        do {
            let pair = try Pair()
            ended = pair.context
            let peer = try pair.introduce()
            #expect(try pair.router.send([Array(repeating: 1, count: 1_000_000)], to: peer) == .sent)
            try pair.request([[1]])
            pair.poller.forget(pair.router)
            pair.router.close()
            pair.router.close()
        }
        #expect(ended == nil)
    }

    @Test("shutting a context down ends a wait on another thread and every later call")
    func shutDown() throws {
        let context = try ZeroMQContext()
        let wakeup = try Wakeup()
        let results = Mailbox<TransportError?>(wakeup: wakeup)
        let thread = try SocketThread(name: "loop") {
            results.post(Self.failure { try waitForEver(context, saying: wakeup) })
        }
        #expect(try Poller(wakeup: wakeup).wait().wasWoken)
        context.shutDown()
        thread.join()
        #expect(results.drain().map { $0?.kind } == [.contextTerminated])

        @Sendable func waitForEver(_ context: ZeroMQContext, saying wakeup: Wakeup) throws {
            let router = try Router(context)
            _ = try router.bind("tcp://127.0.0.1:*")
            let poller = Poller()
            poller.watch(router)
            wakeup.signal()
            while true { _ = try poller.wait() }
        }
    }

    private static func failure(of body: () throws -> Void) -> TransportError? {
        do {
            try body()
            return nil
        } catch {
            return error as? TransportError
        }
    }

    @Test("calls on the sockets of a context that was shut down fail, they do not hang")
    func afterShutDown() throws {
        let pair = try Pair()
        let peer = try pair.introduce()
        pair.context.shutDown()
        let calls: [() throws -> Void] = [
            { _ = try pair.router.receive() }, { _ = try pair.router.send([[1]], to: peer) },
            { _ = try pair.dealer.send([[1]]) }, { _ = try pair.poller.wait() },
        ]
        for call in calls {
            let end = MonotonicClock.now + .seconds(60)
            var failure: TransportError?
            while failure == nil, MonotonicClock.now < end { failure = Self.failure(of: call) }
            #expect(failure?.kind == .contextTerminated)
        }
    }

    @Test("an old libzmq is refused in one sentence")
    func version() throws {
        #expect(ZeroMQContext.version >= ZeroMQContext.oldestVersion)
        let error = try #require(throws: TransportError.self) { try ZeroMQContext.require(.init(4, 3, 3)) }
        #expect(
            error.description
                == "cannot use ZeroMQ: libzmq 4.3.3 has known security defects; install 4.3.4 or newer")
        #expect(throws: Never.self) { try ZeroMQContext.require(.init(5, 0, 0)) }
    }

    @Test("sockets beyond the maximum are refused, and may be had later")
    func tooManySockets() throws {
        let context = try ZeroMQContext(maxSockets: 2)
        let first = try Router(context)
        let second = try Router(context)
        let error = try #require(throws: TransportError.self) { try Router(context) }
        #expect(error.kind == .resourcesExhausted)
        #expect(error.isRetriable)
        second.close()
        first.close()
    }

    @Test("a limit on descriptors is raised, never lowered")
    func descriptors() throws {
        let now = try DescriptorLimit.raise(to: 1)
        #expect(now > 1)
        #expect(try DescriptorLimit.raise(to: now + 1) >= now)
    }

    @Test("a socket traps when another thread calls it")
    func wrongThread() async {
        await #expect(processExitsWith: .failure) {
            nonisolated(unsafe) let router = try Router(try ZeroMQContext())
            let thread = try SocketThread(name: "thief") { router.close() }
            thread.join()
        }
    }

    @Test("the same steps on its own thread end well")
    func rightThread() async {
        await #expect(processExitsWith: .success) {
            let thread = try SocketThread(name: "owner") {
                do {
                    try Router(try ZeroMQContext()).close()
                } catch {
                    preconditionFailure("\(error)")
                }
            }
            thread.join()
        }
    }
}
