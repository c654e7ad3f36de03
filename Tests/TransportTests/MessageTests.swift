import Testing

@testable import Transport

@Suite("Messages between a dealer and a router")
struct MessageTests {
    private static let hasIPv6 = hasIPv6Loopback()

    private static let addresses =
        ["tcp://127.0.0.1:*", "tcp://127.0.0.1:0", "ipc://*", "inproc://messages"] + (hasIPv6 ? ["tcp://[::1]:*"] : [])

    @Test("frames come back as they went, empty ones too", arguments: addresses)
    func roundTrip(address: String) throws {
        let pair = try Pair(at: address)
        let frames: [[UInt8]] = [[1, 2, 3], [], Array(repeating: 7, count: 300_000), [0]]
        try pair.request(frames)
        let incoming = try pair.nextAtRouter()
        #expect(incoming.frames == frames)
        #expect(try pair.router.send(frames.reversed(), to: incoming.peer) == .sent)
        #expect(try pair.nextAtDealer() == .message(frames: frames.reversed()))
        #expect(try pair.router.receive() == nil)
        #expect(try pair.dealer.receive() == nil)
    }

    @Test("a wild card turns into a real endpoint")
    func wildCard() throws {
        let pair = try Pair()
        let port = try #require(pair.endpoint.split(separator: ":").last.flatMap { Int($0) })
        #expect(pair.endpoint == "tcp://127.0.0.1:\(port)")
        #expect(port > 0)
    }

    @Test(
        "names and families meet",
        arguments: [
            ("tcp://127.0.0.1:*", "tcp://localhost:"), ("tcp://*:*", "tcp://127.0.0.1:"),
            ("tcp://*:*", "tcp://localhost:"), ("tcp://0.0.0.0:*", "tcp://127.0.0.1:"),
        ] + (hasIPv6 ? [("tcp://*:*", "tcp://[::1]:")] : []))
    func families(bound: String, prefix: String) throws {
        let pair = try Pair(at: bound)
        let port = try #require(pair.endpoint.split(separator: ":").last)
        let dealer = try Dealer(pair.context)
        try dealer.connect(prefix + port)
        try pair.send([[1]], from: dealer)
        #expect(try pair.nextAtRouter().frames == [[1]])
    }

    @Test("thousands of messages each way keep their order, and a full socket says so meanwhile")
    func order() throws {
        let pair = try Pair()
        let count = 20_000
        var (sent, echoed, returned, isOrdered) = (0, 0, 0, true)
        var parked: (PeerID, [[UInt8]])?
        try poll(pair.poller) {
            while sent < count, try pair.dealer.send([bytes(of: sent), [9]]) == .sent { sent += 1 }
            while true {
                if let (peer, frames) = parked {
                    guard try pair.router.send(frames, to: peer) == .sent else { break }
                    parked = nil
                    echoed += 1
                }
                guard case .message(let peer, let frames)? = try pair.router.receive() else { break }
                parked = (peer, frames)
            }
            while case .message(let frames)? = try pair.dealer.receive() {
                isOrdered = isOrdered && frames == [bytes(of: returned), [9]]
                returned += 1
            }
            return returned == count
        }
        #expect(isOrdered)
        #expect(echoed == count)
    }

    @Test("many dealers are told apart, and each gets its own answer")
    func manyPeers() throws {
        let pair = try Pair()
        let dealers = try (0..<50).map { _ in
            let dealer = try Dealer(pair.context)
            try dealer.connect(pair.endpoint)
            return dealer
        }
        for (index, dealer) in dealers.enumerated() { try pair.send([bytes(of: index)], from: dealer) }
        var peers: Set<PeerID> = []
        for _ in dealers {
            let incoming = try pair.nextAtRouter()
            peers.insert(incoming.peer)
            #expect(try pair.router.send(incoming.frames ?? [], to: incoming.peer) == .sent)
        }
        #expect(peers.count == dealers.count)
        for (index, dealer) in dealers.enumerated() {
            try poll(pair.poller) {
                guard case .message(let frames)? = try dealer.receive() else { return false }
                #expect(frames == [bytes(of: index)])
                return true
            }
        }
    }

    @Test("a dealer without a broker queues what its high-water mark allows, and no more")
    func noBroker() throws {
        var options = SocketOptions()
        options.sendHighWater = 10
        let dealer = try Dealer(try ZeroMQContext(), options: options)
        try dealer.connect("ipc:///no/such/broker")
        let outcomes = try (0..<1000).map { _ in try dealer.send([[1], [2]]) }
        #expect(outcomes.first == .sent)
        #expect(outcomes.last == .full)
    }
}
