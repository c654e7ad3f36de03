import JobStore
import Transport
import Wire

/// Decides: what happened goes in, what to send comes out, and in between it is on the disk. No socket, no thread, no
/// clock. Belongs to one thread.
package final class Broker {
    private let store: JobStore
    private let blobs: BlobStore
    private let reserve: DiskReserve
    private let backups: BackupDesk
    private var retention: Retention
    private let settings: BrokerSettings
    private(set) var state = BrokerState()
    /// After a turn that could not be committed, time does nothing before this instant.
    private var timersRest: Duration = .zero
    /// While the disk is full: when to look again whether it still is.
    private var looksForRoom: Duration?

    /// How long the log may become, in pages of 4 KiB: a start reads it all, and folding it in holds up a turn.
    private static let logPages = 16_000
    /// While the disk is full the log begins anew early, for then it has room already.
    private static let logPagesWhileFull = 256
    private static let restAfterFailure = Duration.seconds(1)
    private static let firstSweep = Duration.seconds(60)
    /// Uploads that nobody goes on with are removed when the broker starts.
    private static let uploadAgeMS: Int64 = 7 * 24 * 3600 * 1000

    /// What a turn came to.
    package struct Result: Sendable {
        package var outgoing: [Outgoing] = []
        /// What the next turn must begin with: this one has answered as much as it may.
        package var postponed: [BrokerEvent] = []
        /// For the broker's own log.
        package var notes: [String] = []

        static func += (result: inout Result, other: Result) {
            result.outgoing += other.outgoing
            result.postponed += other.postponed
            result.notes += other.notes
        }
    }

    /// Goes on where the last broker on this directory stopped: jobs that ran still run, and their workers have one whole
    /// lease, and 15 seconds at least, to be heard.
    package init(store: JobStore, settings: BrokerSettings, now: Now) throws {
        self.store = store
        self.settings = settings
        blobs = try BlobStore(directory: store.directory, hash: { SHA256() })
        backups = BackupDesk(store, folder: settings.backups ?? store.directory + "/backups")
        retention = Retention(firstRound: now.monotonic + Self.firstSweep)
        reserve = DiskReserve(directory: store.directory, bytes: settings.diskReserveBytes)
        if try !reserve.hold(), try !(store.shrinkLog() && reserve.hold()) { looksForRoom = now.monotonic }
        _ = try blobs.removeUploads(olderThanMS: Self.uploadAgeMS, nowMS: now.wallMS)
        let (leases, queue, newest) = try store.batch {
            try ($0.leases(), QueueState($0, now: now), $0.greatestID())
        }
        state.queue = queue
        state.jobIDs = JobIDGenerator(after: newest.flatMap { JobID($0) })
        for lease in leases {
            let limits = RunLimits(
                Self.terms(of: lease), ranMS: lease.ranMS, startedMS: lease.startedMS, settings, now: now)
            state.leases.adopt(lease, limits: limits, until: now.monotonic + settings.adoption, now: now)
        }
    }

    /// One that cannot be read any more goes on as if it had none, and ends when it is to be placed again.
    private static func terms(of lease: LeaseRecord) -> Grove_V1_Terms {
        do {
            return try Grove_V1_Terms(stored: lease.terms)
        } catch {
            return Grove_V1_Terms()
        }
    }

    /// - Returns: the messages to send; everything that they promise is durable.
    /// - Throws: `StoreError` when the store cannot go on; the process must end.
    package func turn(_ events: [BrokerEvent], now: Now) throws -> Result {
        var result = Result(notes: try lookForRoom(now))
        do {
            result += try commitInRoom(events, now: now)
        } catch let error as StoreError where error.kind == .diskFull && reserve.isHeld {
            // The reserve is there for this: what begins something is refused, the rest of the turn has room now.
            result.notes.append(try giveUpReserve(now))
            result += try turn(events, now: now)
        } catch let error as StoreError where error.kind == .diskFull && events.count > 1 {
            // One that needs more room than there is does not keep the others from what they need.
            for event in events { result += try turn([event], now: now) }
        } catch let error as StoreError where !error.isFatal {
            timersRest = now.monotonic + Self.restAfterFailure
            result += refusal(of: events, because: error, now: now)
        }
        return result
    }

    /// A log that has grown long is the first to give up its room.
    private func commitInRoom(_ events: [BrokerEvent], now: Now) throws -> Result {
        do {
            return try commit(events, now: now)
        } catch let error as StoreError where error.kind == .diskFull {
            guard try store.shrinkLog() else { throw error }
            return try commit(events, now: now)
        }
    }

    private func commit(_ events: [BrokerEvent], now: Now) throws -> Result {
        var retention = retention
        let (turn, orphans) = try store.batch { batch in
            var turn = Turn(state: state, context: context(batch, now))
            for event in events { try turn.handle(event) }
            if timersRest <= now.monotonic { try turn.expire() }
            try turn.assign()
            try turn.publish()
            try turn.followQueue()
            // A backup must find every file that its database names.
            return (turn, backups.isBusy ? [] : try retention.step(turn.context))
        }
        state = turn.state
        self.retention = retention
        for orphan in orphans { try blobs.remove(orphan) }
        try backups.step()
        timersRest = .zero
        try checkpoint()
        return Result(
            outgoing: turn.outgoing, postponed: turn.postponed, notes: turn.notes + blobs.takeFindings())
    }

    func context(_ batch: StoreTransaction, _ now: Now) -> ServiceContext {
        ServiceContext(
            batch: batch, blobs: blobs, backups: backups, settings: settings, now: now, isDiskFull: looksForRoom != nil)
    }

    private func giveUpReserve(_ now: Now) throws -> String {
        try reserve.release()
        looksForRoom = now.monotonic + settings.diskPatience
        return "the disk is full: jobs can end and be cancelled, nothing new is taken until there is room"
    }

    /// After the disk was full: requests are taken again as soon as the reserve can be set aside again.
    private func lookForRoom(_ now: Now) throws -> [String] {
        guard let next = looksForRoom, next <= now.monotonic else { return [] }
        let hasRoom = try reserve.hold()
        looksForRoom = hasRoom ? nil : now.monotonic + settings.diskPatience
        return hasRoom ? ["the disk has room again"] : []
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
            case .heldUp(let time): state.forgive(time, settings, now: now.monotonic)
            // Its lease runs out by itself.
            case .undelivered, .oversized: break
            }
        }
        return result
    }

    private func checkpoint() throws {
        if store.logPages >= (looksForRoom == nil ? Self.logPages : Self.logPagesWhileFull) { try store.checkpoint() }
    }

    /// When to take a turn although nothing came; `nil` when only a message can bring work.
    package var nextDeadline: Duration? {
        // More lines than one turn sends.
        if state.streams.hasReady || backups.isBusy { return .zero }
        let deadlines = [state.nextDeadline(settings).map { max($0, timersRest) }, looksForRoom, retention.nextStep]
        return deadlines.compactMap { $0 }.min()
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
