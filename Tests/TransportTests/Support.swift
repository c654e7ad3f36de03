import Testing

@testable import Transport

/// Waits, turn by turn, until `isDone`; the bound is only there so that a defect ends as a failure.
func poll(
    _ poller: Poller, until isDone: () throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let end = MonotonicClock.now + .seconds(60)
    while try !isDone() {
        guard MonotonicClock.now < end else {
            Issue.record("gave up waiting after 60 s", sourceLocation: sourceLocation)
            throw GaveUp()
        }
        _ = try poller.wait(atMost: .milliseconds(20))
    }
}

struct GaveUp: Error {}

/// A router and a dealer connected to it, both owned by the test's thread.
struct Pair {
    let context: ZeroMQContext
    let router: Router
    let dealer: Dealer
    let endpoint: String
    let poller = Poller()

    init(
        at address: String = "tcp://127.0.0.1:*", routerOptions: SocketOptions = SocketOptions(),
        dealerOptions: SocketOptions = SocketOptions()
    ) throws {
        context = try ZeroMQContext()
        router = try Router(context, options: routerOptions)
        endpoint = try router.bind(address)
        dealer = try Dealer(context, options: dealerOptions)
        try dealer.connect(endpoint)
        poller.watch(router)
        poller.watch(dealer)
    }

    /// Sends from the dealer, waiting for the connection or for room.
    func request(_ frames: [[UInt8]]) throws {
        try send(frames, from: dealer)
    }

    func send(_ frames: [[UInt8]], from dealer: Dealer) throws {
        try poll(poller) { try dealer.send(frames) == .sent }
    }

    func nextAtRouter() throws -> Router.Incoming {
        var next: Router.Incoming?
        try poll(poller) {
            next = try router.receive()
            return next != nil
        }
        return try #require(next)
    }

    func nextAtDealer() throws -> Dealer.Incoming {
        var next: Dealer.Incoming?
        try poll(poller) {
            next = try dealer.receive()
            return next != nil
        }
        return try #require(next)
    }

    /// The dealer's name at the router.
    func introduce() throws -> PeerID {
        try request([[1]])
        return try nextAtRouter().peer
    }
}

extension Router.Incoming {
    var peer: PeerID {
        switch self {
        case .message(let peer, _), .oversized(let peer): peer
        }
    }

    var frames: [[UInt8]]? {
        switch self {
        case .message(_, let frames): frames
        case .oversized: nil
        }
    }
}

/// Whether this machine has `::1`; containers often go without.
func hasIPv6Loopback() -> Bool {
    do {
        _ = try Router(try ZeroMQContext()).bind("tcp://[::1]:*")
        return true
    } catch {
        return false
    }
}

/// `number` in eight bytes, and back.
func bytes(of number: Int) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
}

func number(in bytes: [UInt8]) -> Int {
    bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
}
