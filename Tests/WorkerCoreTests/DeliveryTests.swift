import Foundation
import Logging
import Synchronization
import Testing
import Wire
import WorkerCore

@Suite struct DeliveryTests {
    private let log = Logger(label: "test")
    private let products = JobProducts(files: [ResultFile(name: "a.txt", mediaType: "text/plain", bytes: [1, 2, 3])])

    private func delivery(_ broker: FakeBroker, _ folder: URL) throws -> Delivery {
        let heartbeat = Heartbeat(link: broker, registry: AttemptRegistry(), interval: .seconds(1), log: log)
        return Delivery(link: broker, outbox: try Outbox(directory: folder), heartbeat: heartbeat, log: log)
    }

    @Test func anOutcomeArrivesWithItsBlobs() throws {
        try withScratchFolder { folder in
            let broker = FakeBroker()
            try delivery(broker, folder).deliver(attempt(), .succeeded(products)) { false }
            let request = try #require(broker.state.withLock { $0.completions.first })
            let file = try #require(request.success.results.first)
            #expect(file.name == "a.txt" && file.size == 3)
            #expect(broker.state.withLock { $0.blobs[file.sha256] } == [1, 2, 3])
            #expect(try Outbox(directory: folder).waiting().isEmpty)
        }
    }

    @Test func anOutcomeOutlivesTheProcessWhileTheBrokerIsAway() throws {
        try withScratchFolder { folder in
            let broker = FakeBroker()
            broker.state.withLock { $0.isAway = true }
            try delivery(broker, folder).deliver(attempt(), .succeeded(products)) { true }
            #expect(broker.state.withLock { $0.completions.isEmpty })
            #expect(try Outbox(directory: folder).waiting() == ["01m85ggnsz5022-1"])

            broker.state.withLock { $0.isAway = false }
            try delivery(broker, folder).deliverLeftovers()
            #expect(broker.state.withLock { $0.completions.count } == 1)
            #expect(try Outbox(directory: folder).waiting().isEmpty)
        }
    }

    @Test func whatANewerAttemptFencedOffIsDropped() throws {
        try withScratchFolder { folder in
            let broker = FakeBroker()
            broker.state.withLock { $0.refusal = RPCError(.aborted, "a newer attempt has the job") }
            try delivery(broker, folder).deliver(attempt(), .succeeded(products)) { false }
            #expect(try Outbox(directory: folder).waiting().isEmpty)
        }
    }

    @Test func aHalfWrittenOutcomeIsNeverDelivered() throws {
        try withScratchFolder { folder in
            let half = folder.appending(path: "unfinished-01m85ggnsz5022-1")
            try FileManager.default.createDirectory(at: half, withIntermediateDirectories: true)
            #expect(try Outbox(directory: folder).waiting().isEmpty)
            #expect(!FileManager.default.fileExists(atPath: half.path))
        }
    }

    @Test func heartbeatsStopAttemptsAndKeepLinesWhileTheBrokerIsAway() throws {
        let broker = FakeBroker()
        let registry = AttemptRegistry()
        let heartbeat = Heartbeat(link: broker, registry: registry, interval: .seconds(1), log: log)
        let running = attempt()
        registry.add(running)
        running.log("first")
        broker.state.withLock { $0.isAway = true }
        heartbeat.sendLog(of: running)
        broker.state.withLock { state in
            state.isAway = false
            state.stops = [running.id]
        }
        heartbeat.beat()
        #expect(running.stop == .dropped)
        #expect(broker.state.withLock { $0.lines } == ["first"])
        running.requestStop(.shutdown)
        #expect(running.stop == .dropped, "a shutdown does not hide a cancel")
    }
}
