import BrokerCore
import Foundation
import JobStore
import Transport
import Wire

/// A broker without sockets and clock, on a store in a folder; and what must hold of every turn.
final class BrokerStage {
    private let folder: String
    private var store: JobStore?
    private var broker: Broker?
    private(set) var now: Now
    private var ledger = CallLedger()
    /// The ids of jobs, in the order in which they were first said.
    private(set) var jobs: [String] = []
    private var newestAssignment: AttemptKey?

    static let start = Now(monotonic: .seconds(1000), wallMS: 1_764_000_000_000)

    init(folder: String) throws {
        self.folder = folder
        now = Self.start
        try open()
    }

    private func open() throws {
        var settings = BrokerSettings()
        settings.diskReserveBytes = 4096
        let store = try JobStore(directory: folder)
        broker = try Broker(store: store, settings: settings, now: now)
        self.store = store
    }

    /// Ends the broker as a crash does, and starts another on the same store.
    func restart() throws {
        (broker, store) = (nil, nil)
        ledger = CallLedger()
        do {
            try open()
        } catch {
            throw Violation("the broker does not start again: \(error)")
        }
    }

    // MARK: Turns

    func pass(_ milliseconds: UInt32, wall: Int64) throws {
        now.monotonic += .milliseconds(Int64(milliseconds))
        // From the year 1 to 9999: what a clock can be set to.
        now.wallMS = min(max(now.wallMS + wall, -62_135_596_800_000), 253_402_300_799_000)
        _ = try turn([])
    }

    func undelivered() throws {
        guard let newestAssignment else { return }
        _ = try turn([.undelivered(newestAssignment)])
    }

    /// A turn, and those that follow at once because it had answered as much as it may.
    @discardableResult
    func turn(_ events: [BrokerEvent]) throws -> [Outgoing] {
        for event in events { ledger.note(event) }
        var outgoing: [Outgoing] = []
        var pending = events
        repeat {
            let result = try oneTurn(pending)
            outgoing += result.outgoing
            try Violation.expect(
                result.postponed.isEmpty || result.postponed.count < pending.count,
                "a turn does none of what it was to do")
            pending = result.postponed
        } while !pending.isEmpty
        return outgoing
    }

    private func oneTurn(_ events: [BrokerEvent]) throws -> Broker.Result {
        guard let broker else { throw Violation("there is no broker") }
        let result: Broker.Result
        do {
            result = try broker.turn(events, now: now)
        } catch {
            throw Violation("a turn failed: \(error)")
        }
        for outgoing in result.outgoing {
            try ledger.check(outgoing)
            newestAssignment = outgoing.assignment ?? newestAssignment
            learnJobs(outgoing.message.payload)
        }
        for note in result.notes {
            try Violation.expect(note.utf8.count <= 1 << 16, "a note of \(note.utf8.count) bytes")
        }
        return result
    }

    /// Turns as long as the broker wants to, without the clock going on.
    func settle() throws {
        for _ in 0..<2000 {
            guard let deadline = broker?.nextDeadline, deadline <= now.monotonic else { return }
            // Between rounds of a sweep there are some milliseconds.
            try turn([])
        }
        throw Violation("the broker takes turn after turn although nothing happens")
    }

    private func learnJobs(_ payload: [UInt8]) {
        guard jobs.count < 64 else { return }
        WireFields(payload)?.forEachBytes { content in
            guard content.count == 14, let id = JobID(String(decoding: content, as: UTF8.self)) else { return }
            if !jobs.contains(id.description), jobs.count < 64 { jobs.append(id.description) }
        }
    }

    // MARK: Peers that behave

    func send(_ message: WireMessage, from peer: UInt8) throws -> [Outgoing] {
        try turn([.message(peer: Self.peer(peer), frames: message.frames)])
    }

    static func peer(_ number: UInt8) -> PeerID { PeerID(bytes: [0, number]) }

    static let facts: Grove_V1_ArtifactFacts = {
        var facts = Grove_V1_ArtifactFacts()
        (facts.height, facts.width, facts.channels, facts.images) = (28, 28, 1, 100)
        (facts.labelled, facts.leaves) = (true, 10)
        return facts
    }()
}
