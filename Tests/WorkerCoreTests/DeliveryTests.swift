import Foundation
import Logging
import Synchronization
import Testing
import Wire
import WorkerCore

@Suite struct DeliveryTests {
    private let products = JobProducts(
        files: [
            ResultFile(name: "a.txt", mediaType: "text/plain", bytes: [1, 2, 3]),
            ResultFile(name: "same.txt", mediaType: "text/plain", bytes: [1, 2, 3]),
            ResultFile(name: "empty.txt", mediaType: "text/plain", bytes: []),
        ],
        artifacts: [MadeArtifact(name: "tree", kind: .tree, facts: .init(), bytes: [4, 5])])
    private let key = "\(jobID)-1"

    private func delivery(_ broker: FakeBroker, _ folder: URL) throws -> Delivery {
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let heartbeat = Heartbeat(link: broker, registry: AttemptRegistry(), interval: .seconds(1), log: log)
        return Delivery(
            link: broker, outbox: try Outbox(directory: folder), heartbeat: heartbeat, log: log,
            pause: .milliseconds(5))
    }

    @Test func anOutcomeArrivesWithItsBlobs() throws {
        try withScratchFolder { folder in
            let broker = FakeBroker()
            let running = attempt()
            running.log("last words")
            try delivery(broker, folder).deliver(running, .succeeded(products)) { false }
            let success = try #require(broker.completions.first).success
            #expect(success.results.map(\.name) == ["a.txt", "same.txt", "empty.txt"])
            #expect(success.results.map(\.size) == [3, 3, 0])
            let blobs = broker.state.withLock { $0.blobs }
            #expect(blobs[success.results[0].sha256] == [1, 2, 3])
            #expect(blobs[try #require(success.artifacts.first).blob.sha256] == [4, 5])
            #expect(broker.state.withLock { $0.lines } == ["last words"])
            #expect(try Outbox(directory: folder).waiting().isEmpty)
        }
    }

    @Test(arguments: [StatusCode.unavailable, .deadlineExceeded, .resourceExhausted])
    func aBrokerThatComesBackGetsIt(_ code: StatusCode) throws {
        try withScratchFolder { folder in
            let broker = FakeBroker()
            broker.goAway(code)
            var tries = 0
            try delivery(broker, folder).deliver(attempt(), .interrupted(reason: "stopped")) {
                tries += 1
                if tries == 3 { broker.comeBack() }
                return tries > 3
            }
            #expect(tries == 3)
            #expect(broker.completions.map(\.interruption.reason) == ["stopped"])
        }
    }

    @Test(arguments: [StatusCode.unavailable, .cancelled])
    func anOutcomeOutlivesTheProcessWhileTheBrokerIsAway(_ code: StatusCode) throws {
        try withScratchFolder { folder in
            let broker = FakeBroker()
            broker.goAway(code)
            try delivery(broker, folder).deliver(attempt(), .succeeded(products)) { true }
            #expect(broker.completions.isEmpty)
            let keys = try Outbox(directory: folder).waiting()
            #expect(keys == [key])

            broker.comeBack()
            try delivery(broker, folder).deliverLeftovers(keys) { false }
            #expect(broker.completions.map(\.success.artifacts.count) == [1])
            #expect(broker.state.withLock { $0.blobs.count } == 3)
            #expect(try Outbox(directory: folder).waiting().isEmpty)
        }
    }

    @Test func whatANewerAttemptFencedOffIsDropped() throws {
        try withScratchFolder { folder in
            let broker = FakeBroker()
            broker.state.withLock { $0.refusal = (RPCError(.aborted, "a newer attempt has the job"), { _ in true }) }
            try delivery(broker, folder).deliver(attempt(), .succeeded(products)) { false }
            #expect(broker.completions.isEmpty)
            #expect(try Outbox(directory: folder).waiting().isEmpty)
        }
    }

    @Test func aSuccessThatIsRefusedForGoodBecomesAFailureWithTheReason() throws {
        try withScratchFolder { folder in
            let broker = FakeBroker()
            broker.state.withLock { state in
                state.refusal = (RPCError(.invalidArgument, "too many"), { $0.outcome?.isSuccess ?? false })
            }
            try delivery(broker, folder).deliver(attempt(), .succeeded(products)) { false }
            #expect(broker.completions.map(\.failure.code) == [StatusCode.invalidArgument.rawValue])
            #expect(broker.completions.first?.failure.message.contains("too many") == true)
        }
    }

    @Test func anOutboxThatCannotBeWrittenDoesNotCostTheOutcome() throws {
        try withScratchFolder { folder in
            let broker = FakeBroker()
            let place = folder.appending(path: "outbox")
            let delivery = try delivery(broker, place)
            try FileManager.default.removeItem(at: place)
            try Data().write(to: place)
            delivery.deliver(attempt(), .succeeded(products)) { false }
            #expect(broker.completions.map(\.success.results.count) == [3])
        }
    }

    @Test func aHalfWrittenOutcomeIsNeverDelivered() throws {
        try withScratchFolder { folder in
            let half = folder.appending(path: "unfinished-\(key)")
            try FileManager.default.createDirectory(at: half, withIntermediateDirectories: true)
            #expect(try Outbox(directory: folder).waiting().isEmpty)
            #expect(!FileManager.default.fileExists(atPath: half.path))
        }
    }

    @Test(arguments: ["completion", "blobs"])
    func aDamagedOutcomeIsRemovedAndNotSent(_ file: String) throws {
        try withScratchFolder { folder in
            let broker = FakeBroker()
            let outbox = try Outbox(directory: folder)
            try outbox.put(Parcel(attempt().id, [1], .succeeded(products)))
            let path = folder.appending(path: "\(key)/\(file)")
            var bytes = try Data(contentsOf: path)
            bytes[bytes.startIndex] ^= 0xFF
            try bytes.write(to: path)
            try delivery(broker, folder).deliverLeftovers([key]) { false }
            #expect(broker.completions.isEmpty)
            #expect(try outbox.waiting().isEmpty)

            try outbox.put(Parcel(attempt().id, [1], .succeeded(products)))
            try bytes.dropLast().write(to: path)
            #expect(throws: (any Error).self) { try outbox.parcel(key) }
        }
    }

    @Test func stoppingLeavesLeftoversForTheNextStart() throws {
        try withScratchFolder { folder in
            let broker = FakeBroker()
            broker.goAway()
            try Outbox(directory: folder).put(Parcel(attempt().id, [1], .succeeded(products)))
            var asked = 0
            try delivery(broker, folder).deliverLeftovers([key]) {
                asked += 1
                return asked > 5
            }
            #expect(try Outbox(directory: folder).waiting() == [key])
        }
    }
}

extension Grove_V1_CompleteRequest.OneOf_Outcome {
    fileprivate var isSuccess: Bool {
        if case .success = self { true } else { false }
    }
}
