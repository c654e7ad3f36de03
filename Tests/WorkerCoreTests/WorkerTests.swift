import Foundation
import Logging
import Models
import Synchronization
import Testing
import Wire
import WorkerCore

/// The whole worker but its program, against a broker in memory.
@Suite(.serialized) struct WorkerTests {
    private let broker = FakeBroker()
    private let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func worker(_ folder: URL) throws -> Worker {
        var configuration = WorkerConfiguration(
            broker: "", state: folder, name: "test", threads: 2, interactiveSlots: 1, trainingSlots: 1)
        configuration.heartbeat = .milliseconds(5)
        configuration.deliveryPause = .milliseconds(5)
        return try Worker(configuration, lock: StateFolderLock(folder), link: broker, log: log)
    }

    /// Waits as long as it takes: a busy machine is slow.
    private func wait(until condition: () -> Bool) {
        while !condition() { Thread.sleep(forTimeInterval: 0.01) }
    }

    @Test func slotsTakeWhatIsTheirs() throws {
        try withScratchFolder { folder in
            let worker = try worker(folder)
            broker.state.withLock { state in
                state.assignments = [
                    assignment(.init(), number: 1, slot: .interactive), assignment(.init(), number: 2, slot: .training),
                    assignment(.init(), number: 3, slot: .interactive),
                ]
            }
            try worker.start()
            wait { broker.completions.count == 3 }
            #expect(worker.stop())
            #expect(Set(broker.completions.map(\.attempt.attempt)) == [1, 2, 3])
            #expect(broker.completions.allSatisfy { $0.failure.code == StatusCode.unimplemented.rawValue })
        }
    }

    @Test func aJobUnderWayIsSavedAndGivenBack() throws {
        try withScratchFolder { folder in
            let worker = try worker(folder)
            let bytes = try DatasetContainer.encode(JobBench.squares())
            var dataset = Grove_V1_ArtifactRef()
            dataset.name = "squares"
            dataset.sha256 = try broker.upload(bytes)
            dataset.size = UInt64(bytes.count)
            var spec = JobBench.treeSpec(dataset)
            spec.trainTree.settings.epochsInitial = 100_000
            broker.state.withLock { $0.assignments = [assignment(spec)] }
            try worker.start()
            // Said when the first step is done; before that there is nothing to save.
            wait { broker.state.withLock { $0.beats > 2 && $0.lines.contains { $0.hasPrefix("stage ") } } }
            #expect(worker.stop())
            #expect(broker.completions.count == 1 && broker.checkpoints.count == 1)
            #expect(broker.completions.first?.interruption.reason.isEmpty == false)
        }
    }

    @Test func whatAnEarlierProcessLeftIsDelivered() throws {
        try withScratchFolder { folder in
            let products = JobProducts(files: [ResultFile(name: "a", mediaType: "text/plain", bytes: [1])])
            let parcel = Parcel(attempt().id, [1], .succeeded(products))
            try Outbox(directory: folder.appending(path: "outbox")).put(parcel)
            broker.goAway()
            let first = try worker(folder)
            try first.start()
            #expect(!first.stop(), "something still waits")
            #expect(broker.completions.isEmpty)
        }
    }

    @Test func aBrokerThatComesLateGetsWhatIsLeft() throws {
        try withScratchFolder { folder in
            try Outbox(directory: folder.appending(path: "outbox"))
                .put(Parcel(attempt().id, [1], .interrupted(reason: "earlier")))
            broker.goAway()
            let worker = try worker(folder)
            try worker.start()
            broker.comeBack()
            wait { broker.completions.count == 1 }
            #expect(worker.stop())
            #expect(broker.completions.first?.interruption.reason == "earlier")
        }
    }

    @Test func oneWorkerAStateFolder() throws {
        try withScratchFolder { folder in
            try withExtendedLifetime(worker(folder)) {
                let error = #expect(throws: JobError.self) { try worker(folder) }
                #expect(error?.code == .failedPrecondition)
            }
        }
    }
}
