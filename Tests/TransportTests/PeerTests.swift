import Testing

@testable import Transport

@Suite("Peers that are gone, full or back")
struct PeerTests {
    @Test("a peer that never was is gone, also under names no router gives")
    func unknownPeer() throws {
        let pair = try Pair()
        _ = try pair.introduce()
        for bytes: [UInt8] in [[0, 1, 2, 3, 4], [], Array(repeating: 1, count: 1000)] {
            #expect(try pair.router.send([[1]], to: PeerID(bytes: bytes)) == .peerGone)
        }
        try pair.request([[2]])
        #expect(try pair.nextAtRouter().frames == [[2]])
    }

    @Test("a peer that left is gone")
    func leftPeer() throws {
        let pair = try Pair()
        let peer = try pair.introduce()
        pair.poller.forget(pair.dealer)
        pair.dealer.close()
        try poll(pair.poller) { try pair.router.send([[1]], to: peer) == .peerGone }
    }

    @Test("a dealer hears that its connection has ended, once")
    func endedConnection() throws {
        let pair = try Pair()
        _ = try pair.introduce()
        let monitor = try #require(pair.dealer.monitor)
        #expect(try !monitor.hasEnded())
        pair.poller.watch(monitor)
        pair.poller.forget(pair.router)
        pair.router.close()
        try poll(pair.poller) { try monitor.hasEnded() }
        #expect(try !monitor.hasEnded())
        pair.poller.forget(monitor)
        pair.dealer.close()
        #expect(pair.dealer.monitor == nil)
    }

    /// It did, for ever, and with it everything else in the context.
    @Test("a monitor that was closed does not hold libzmq up when the connection ends")
    func closedMonitor() throws {
        let pair = try Pair()
        _ = try pair.introduce()
        pair.dealer.monitor?.close()
        let witness = try Dealer(pair.context)
        let monitor = try #require(witness.monitor)
        try witness.connect(pair.endpoint)
        try pair.send([[1]], from: witness)
        _ = try pair.nextAtRouter()
        pair.poller.watch(monitor)
        pair.poller.forget(pair.router)
        pair.router.close()
        try poll(pair.poller) { try monitor.hasEnded() }
        pair.poller.forget(monitor)

        let (router, dealer) = (try Router(pair.context), try Dealer(pair.context))
        try dealer.connect(try router.bind("tcp://127.0.0.1:*"))
        pair.poller.watch(router)
        try pair.send([[2]], from: dealer)
        try poll(pair.poller) { try router.receive()?.frames == [[2]] }
    }

    @Test("a peer that does not read fills up without stopping the loop, and empties again")
    func fullPeer() throws {
        var options = SocketOptions()
        options.sendHighWater = 10
        options.receiveHighWater = 10
        let pair = try Pair(routerOptions: options, dealerOptions: options)
        let slow = try pair.introduce()
        let other = try Dealer(pair.context)
        try other.connect(pair.endpoint)
        try pair.send([[1]], from: other)
        let otherPeer = try pair.nextAtRouter().peer

        // The system's own buffers take some megabytes before the queue in front of them fills.
        let payload = [UInt8](repeating: 1, count: 100_000)
        var sent = 0
        pair.poller.forget(pair.dealer)
        try poll(pair.poller) {
            while sent < 10_000, try pair.router.send([bytes(of: sent), payload], to: slow) == .sent { sent += 1 }
            return try sent == 10_000 || pair.router.send([bytes(of: sent), payload], to: slow) == .peerFull
        }
        #expect(sent < 10_000, "1 GB was accepted for a peer that does not read")
        #expect(try pair.router.send([[5]], to: otherPeer) == .sent)

        var received = 0
        var isOrdered = true
        try poll(pair.poller) {
            while case .message(let frames)? = try pair.dealer.receive() {
                isOrdered = isOrdered && frames == [bytes(of: received), payload]
                received += 1
            }
            // It has room again when a further message goes through.
            if received >= sent / 2, try pair.router.send([bytes(of: sent), payload], to: slow) == .sent {
                sent += 1
                return true
            }
            return false
        }
        try poll(pair.poller) {
            while case .message(let frames)? = try pair.dealer.receive() {
                isOrdered = isOrdered && frames == [bytes(of: received), payload]
                received += 1
            }
            return received == sent
        }
        #expect(isOrdered, "a refused message must leave no trace")
    }

    /// Where no other test listens, so that none of them is given the port while the broker is away.
    #if os(Linux)
    private static let addressOfItsOwn = "tcp://127.0.0.77:*"
    #else
    private static let addressOfItsOwn = "tcp://127.0.0.1:*"
    #endif

    @Test("dealers find a router that came back on the same port, under a new name")
    func restart() throws {
        let dealerContext = try ZeroMQContext()
        let poller = Poller()
        var first: Broker? = try Broker(at: Self.addressOfItsOwn)
        let endpoint = try #require(first?.endpoint)
        let dealers = try (0..<3).map { _ in
            let dealer = try Dealer(dealerContext)
            try dealer.connect(endpoint)
            poller.watch(dealer)
            return dealer
        }
        var before: Set<PeerID> = []
        for dealer in dealers {
            before.insert(try #require(first).exchange(with: dealer, poller))
        }
        first = nil

        let second = try Broker(at: endpoint)
        for dealer in dealers {
            let peer = try second.exchange(with: dealer, poller)
            #expect(!before.contains(peer))
        }
        #expect(before.count == dealers.count)
    }

    /// A router with a context of its own, so that letting go of it waits until its port is free.
    private struct Broker {
        let router: Router
        let endpoint: String

        init(at address: String) throws {
            router = try Router(try ZeroMQContext())
            endpoint = try router.bind(address)
        }

        /// One message each way.
        func exchange(with dealer: Dealer, _ poller: Poller) throws -> PeerID {
            try poll(poller) { try dealer.send([[1]]) == .sent }
            var peer: PeerID?
            try poll(poller) {
                guard case .message(let sender, let frames)? = try router.receive() else { return false }
                #expect(frames == [[1]])
                peer = sender
                return true
            }
            let sender = try #require(peer)
            #expect(try router.send([[2]], to: sender) == .sent)
            try poll(poller) { try dealer.receive() == .message(frames: [[2]]) }
            return sender
        }
    }
}
