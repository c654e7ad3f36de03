import JobStore
import Transport
import Wire

/// Decides: what happened goes in, what to send comes out, and in between it is on the disk. No socket, no thread, no
/// clock. Belongs to one thread.
package final class Broker {
    private let store: JobStore
    private let blobs: BlobStore
    private let settings: BrokerSettings
    private var state = BrokerState()
    /// After a turn that could not be committed, time does nothing before this instant.
    private var timersRest: Duration = .zero
    private var turnsSinceCheckpoint = 0

    private static let turnsPerCheckpoint = 200
    private static let restAfterFailure = Duration.seconds(1)
    /// Uploads that nobody goes on with are removed when the broker starts.
    private static let uploadAgeMS: Int64 = 7 * 24 * 3600 * 1000

    /// What a turn came to.
    package struct Result: Sendable {
        package var outgoing: [Outgoing] = []
        /// For the broker's own log.
        package var notes: [String] = []
    }

    /// Goes on where the last broker on this directory stopped: jobs that ran still run, and their workers have one whole
    /// lease to be heard.
    package init(store: JobStore, settings: BrokerSettings, now: Now) throws {
        self.store = store
        self.settings = settings
        blobs = try BlobStore(directory: store.directory, hash: { SHA256() })
        _ = try blobs.removeUploads(olderThanMS: Self.uploadAgeMS, nowMS: now.wallMS)
        let (leases, queue) = try store.batch { try ($0.leases(), QueueState($0, now: now)) }
        state.queue = queue
        for lease in leases {
            let limits = RunLimits(
                try Grove_V1_Terms(stored: lease.terms), ranMS: lease.ranMS, startedMS: lease.startedMS, settings,
                now: now)
            state.leases.adopt(lease, limits: limits, until: now.monotonic + settings.lease, now: now)
        }
    }

    /// - Returns: the messages to send; everything that they promise is durable.
    /// - Throws: `StoreError` when the store cannot go on; the process must end.
    package func turn(_ events: [BrokerEvent], now: Now) throws -> Result {
        do {
            let turn = try store.batch { batch in
                var turn = Turn(state: state, context: context(batch, now))
                for event in events { try turn.handle(event) }
                if timersRest <= now.monotonic { try turn.expire() }
                try turn.assign()
                try turn.publish()
                try turn.followQueue()
                return turn
            }
            state = turn.state
            timersRest = .zero
            try checkpoint()
            return Result(outgoing: turn.outgoing, notes: turn.notes)
        } catch let error as StoreError where !error.isFatal {
            timersRest = now.monotonic + Self.restAfterFailure
            return refusal(of: events, because: error, now: now)
        }
    }

    private func context(_ batch: StoreTransaction, _ now: Now) -> ServiceContext {
        ServiceContext(batch: batch, blobs: blobs, settings: settings, now: now)
    }

    /// Nothing of the turn was kept, so each request of it is told so; other messages are as if they had been lost.
    private func refusal(of events: [BrokerEvent], because error: StoreError, now: Now) -> Result {
        let status = RPCError(
            error.kind == .diskFull ? .resourceExhausted : .unavailable, error.message, retryAfter: .seconds(10))
        var result = Result(notes: ["a turn was taken back: \(error)"])
        for event in events {
            switch event {
            case .message(let peer, let frames):
                do throws(WireError) {
                    let message = try WireMessage(frames: frames)
                    guard message.type == .request, state.sessions[peer] != nil else { continue }
                    let end = WireMessage(.end, callID: message.callID, envelope: encode(status.status))
                    result.outgoing.append(Outgoing(peer, end))
                } catch {
                    result.notes.append("and a message of \(peer) was none: \(error)")
                }
            case .gone(let peer): state.drop(peer)
            // Its lease runs out by itself.
            case .undelivered, .oversized: break
            }
        }
        return result
    }

    private func checkpoint() throws {
        turnsSinceCheckpoint += 1
        guard turnsSinceCheckpoint >= Self.turnsPerCheckpoint else { return }
        turnsSinceCheckpoint = 0
        try store.checkpoint()
    }

    /// When to take a turn although nothing came; `nil` when only a message can bring work.
    package var nextDeadline: Duration? {
        // More lines than one turn sends.
        if state.streams.hasReady { return .zero }
        return state.nextDeadline(settings).map { max($0, timersRest) }
    }

    /// What to say to everybody before the broker stops: open calls are ended so that they can be repeated, at once and
    /// under the same id, to the broker that comes next.
    package func farewell() -> [Outgoing] {
        let stopping = RPCError(
            .unavailable, "the broker is stopping; call again when it is back", retryAfter: .milliseconds(200))
        let ends = (state.takes.takes.map(\.key) + state.streams.keys).map { key in
            Outgoing(key.peer, WireMessage(.end, callID: key.callID, envelope: encode(stopping.status)))
        }
        var goAway = Grove_V1_GoAway()
        goAway.reason = "the broker is stopping"
        return state.sessions.sessions.keys.map { Outgoing($0, WireMessage(.goAway, envelope: encode(goAway))) } + ends
    }
}
