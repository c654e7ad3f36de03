import JobStore
import Logging
import Transport
import Wire

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The thread of a broker: wait, collect what is there, one transaction, send. It owns the socket and is the store's
/// only user.
final class BrokerLoop {
    private let router: Router
    private let poller: Poller
    private let broker: Broker
    private let log: Logger
    private var outbox = Outbox()
    private var notes = NoteLimit()
    /// What the next turn begins with.
    private var pending: [BrokerEvent] = []
    private var turnBegan = MonotonicClock.now

    private static let messagesPerTurn = 256
    private static let bytesPerTurn = 32 << 20
    /// A turn that comes so much later than it was to tells that the loop stood still.
    private static let longestDelay = Duration.seconds(1)
    /// What libzmq gets to write the last messages; sockets do not linger.
    private static let farewellMicroseconds: UInt32 = 100_000

    /// With what a peer does not read bounded, by `Outbox` too; and so that a message of some frames beyond the limits is
    /// still read, to be answered with an ERROR. A larger one costs its sender the connection.
    static var socketOptions: SocketOptions {
        var options = SocketOptions()
        options.sendHighWater = 24
        options.receiveHighWater = 64
        options.limits = .init(frameBytes: 4 * Limits.frameBytes, messageBytes: 4 * Limits.frameBytes)
        return options
    }

    init(router: Router, wakeup: Wakeup, broker: Broker, log: Logger) {
        self.router = router
        self.broker = broker
        self.log = log
        poller = Poller(wakeup: wakeup)
        poller.watch(router)
    }

    static var now: Now {
        var time = timespec()
        let result = clock_gettime(CLOCK_REALTIME, &time)
        precondition(result == 0, "the system has no clock")
        let wall = Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        // Zero means "never" where instants are kept; a clock that stands before 1970 is wrong anyhow.
        return Now(monotonic: MonotonicClock.now, wallMS: max(1, wall))
    }

    /// Runs until `isStopping` says so after a wake-up.
    /// - Throws: `StoreError` when the store cannot go on, `TransportError` when the socket cannot.
    func run(until isStopping: () -> Bool) throws {
        while !isStopping() {
            let patience = patience
            _ = try poller.wait(atMost: patience)
            let now = Self.now
            let events = try delay(now.monotonic, patience) + pending + collect()
            let result = try broker.turn(events, now: now)
            pending = result.postponed
            for line in notes.limited(result.notes, now: now.monotonic) { log.info("\(line)") }
            pending += try outbox.flush(now: now.monotonic, by: send)
            for outgoing in result.outgoing { pending += try outbox.send(outgoing, by: send) }
        }
        for outgoing in broker.farewell() { _ = try send(outgoing) }
        usleep(Self.farewellMicroseconds)
    }

    /// How late a turn is, where that matters. Nobody was heard meanwhile, and what they sent may not have been read yet.
    private func delay(_ now: Duration, _ patience: Duration?) -> [BrokerEvent] {
        defer { turnBegan = now }
        guard let patience, now - turnBegan - patience > Self.longestDelay else { return [] }
        return [.heldUp(now - turnBegan - patience)]
    }

    private var patience: Duration? {
        if !pending.isEmpty { return .zero }
        let deadline = broker.nextDeadline.map { max($0 - MonotonicClock.now, .zero) }
        return [deadline, outbox.patience].compactMap { $0 }.min()
    }

    private func collect() throws -> [BrokerEvent] {
        var events: [BrokerEvent] = []
        var bytes = 0
        let limit = Self.messagesPerTurn - pending.count
        while events.count < limit, bytes < Self.bytesPerTurn, let incoming = try router.receive() {
            switch incoming {
            case .message(let peer, let frames):
                bytes += frames.reduce(0) { $0 + $1.count }
                if WireMessage.type(of: frames) == .pong { outbox.confirm(peer) }
                events.append(.message(peer: peer, frames: frames))
            case .oversized(let peer):
                events.append(.oversized(peer: peer))
            }
        }
        return events
    }

    private func send(_ outgoing: Outgoing) throws -> Router.SendOutcome {
        try router.send(outgoing.message.frames, to: outgoing.peer)
    }
}
