import Testing

@testable import Transport

@Suite("Messages beyond the limits")
struct LimitTests {
    private static func options(frames: Int = 4, frameBytes: Int = 1000, messageBytes: Int = 2000) -> SocketOptions {
        var options = SocketOptions()
        options.limits = .init(frames: frames, frameBytes: frameBytes, messageBytes: messageBytes)
        return options
    }

    @Test("too many frames are reported and read to their end", arguments: [5, 6, 1000])
    func tooManyFrames(count: Int) throws {
        let pair = try Pair(routerOptions: Self.options())
        try pair.request(Array(repeating: [1], count: count))
        try pair.request([[2], [3], [4], [5]])
        let first = try pair.nextAtRouter()
        #expect(first == .oversized(peer: first.peer))
        #expect(try pair.nextAtRouter() == .message(peer: first.peer, frames: [[2], [3], [4], [5]]))
        #expect(try pair.router.receive() == nil)
    }

    @Test("frames that are small enough but too much together are reported")
    func tooManyBytes() throws {
        let pair = try Pair(routerOptions: Self.options())
        let frame = [UInt8](repeating: 1, count: 1000)
        try pair.request([frame, frame, [1]])
        try pair.request([frame, frame, []])
        let first = try pair.nextAtRouter()
        #expect(first == .oversized(peer: first.peer))
        #expect(try pair.nextAtRouter().frames == [frame, frame, []])
    }

    @Test("a frame over the limit is reported where libzmq does not look at sizes")
    func largeFrameInProcess() throws {
        let pair = try Pair(at: "inproc://large", routerOptions: Self.options())
        try pair.request([[1], Array(repeating: 1, count: 1001), [2]])
        try pair.request([[3]])
        let first = try pair.nextAtRouter()
        #expect(first == .oversized(peer: first.peer))
        #expect(try pair.nextAtRouter().frames == [[3]])
    }

    @Test("a frame over the limit costs the sender its connection; others go on, and it may come back")
    func largeFrameOverTCP() throws {
        let pair = try Pair(routerOptions: Self.options())
        let good = try Dealer(pair.context)
        try good.connect(pair.endpoint)
        try pair.send([[1]], from: good)
        let goodPeer = try pair.nextAtRouter().peer
        let badPeer = try pair.introduce()

        try pair.request([Array(repeating: 1, count: 1001)])
        try poll(pair.poller) { try pair.router.send([[0]], to: badPeer) == .peerGone }

        try pair.send([[2]], from: good)
        #expect(try pair.nextAtRouter() == .message(peer: goodPeer, frames: [[2]]))
        // Sending may need several tries: the dealer learns a little later that its connection is gone.
        var newPeer: PeerID?
        try poll(pair.poller) {
            _ = try pair.dealer.send([[3]])
            newPeer = try pair.router.receive()?.peer
            return newPeer != nil
        }
        #expect(newPeer != badPeer)
    }

    @Test("a dealer has limits of its own")
    func dealer() throws {
        let pair = try Pair(dealerOptions: Self.options())
        let peer = try pair.introduce()
        #expect(try pair.router.send(Array(repeating: [1], count: 5), to: peer) == .sent)
        #expect(try pair.router.send([[2]], to: peer) == .sent)
        #expect(try pair.nextAtDealer() == .oversized)
        #expect(try pair.nextAtDealer() == .message(frames: [[2]]))
    }
}
