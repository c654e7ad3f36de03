import Foundation
import JobStore
import Testing
import Transport
import Wire

@testable import BrokerCore

/// What the database holds that no broker of this release wrote, and a clock that is wrong: the others go on.
@Suite struct StoredRowsTests {
    private static let noMessage: [UInt8] = [0xFF, 0xFF, 0xFF, 0x07, 0x0A]

    /// A store with a job that can be read among some that cannot, and a broker on it.
    private func bench() throws -> Bench {
        let directory = FileManager.default.temporaryDirectory.appending(path: "grove-\(UUID().uuidString)").path
        try Self.fill(JobStore(directory: directory))
        return try Bench(on: directory)
    }

    private static func fill(_ store: JobStore) throws {
        try store.batch { batch in
            func insert(_ id: String, spec: [UInt8], terms: [UInt8], slot: Grove_V1_SlotKind = .interactive) throws
                -> JobRecord
            {
                let job = try batch.insert(
                    NewJob(id: id, kind: "sample", slot: slot.rawValue, priority: 5, spec: spec, terms: terms), nowMS: 1
                )
                try batch.enqueue(job, lane: LaneKey(slot: slot.rawValue, priority: 5, kind: "sample"), readyMS: 1)
                return job
            }
            let spec = encode(Bench.sample())
            _ = try insert("01m87zc4hkg011", spec: spec, terms: noMessage, slot: .training)
            let lane = try #require(try batch.lanes().first)
            _ = try batch.claim(lane: lane.number, worker: "w1", incarnation: [1], nowMS: 1)
            _ = try insert("01m87zc4hkg012", spec: noMessage, terms: [])
            _ = try insert("01m87zc4hkg013", spec: spec, terms: noMessage)
            let late = try insert("01m87zc4hkg014", spec: spec, terms: noMessage)
            try batch.dequeue(late)
            try batch.setTimer(late, at: 5)
            _ = try insert("01m87zc4hkg015", spec: spec, terms: [])
        }
        try store.close()
    }

    @Test func whatCannotBeReadEndsAndTheOthersGoOn() throws {
        let bench = try bench()
        let (client, worker) = (try bench.client(), try bench.worker())
        let attempt = try #require(try bench.take(worker)).attempt
        #expect(attempt.jobID == "01m87zc4hkg015")
        for id in ["01m87zc4hkg012", "01m87zc4hkg013", "01m87zc4hkg014"] {
            let job = try bench.job(client, id)
            #expect(job.state == .failed && job.failure.message.contains("stored"), "\(job)")
        }
        // The one that runs ends as its worker says, or when its lease is over.
        _ = try bench.pass(.seconds(60))
        let back = try bench.client(2)
        #expect(try bench.job(back, "01m87zc4hkg011").state == .failed)
        let list: Grove_V1_ListJobsResponse = try bench.call(back, Method.jobsList, Grove_V1_ListJobsRequest())
        #expect(list.jobs.count == 5)
        // And at every further start.
        try bench.restart()
        #expect(try bench.job(bench.client(), "01m87zc4hkg015").state == .waiting)
    }

    /// From 1970, which is also what a clock before it counts as, to the end of a clock.
    @Test(arguments: [1, 1000, 4_102_444_800_000, 9_000_000_000_000_000_000])
    func aWrongClockEndsNothing(wallMS: Int64) throws {
        let bench = try Bench()
        try bench.makeTree()
        bench.now.wallMS = wallMS
        let (client, worker) = (try bench.client(), try bench.worker())
        var terms = Grove_V1_Terms()
        (terms.queueTtlMs, terms.maxRuntimeMs, terms.keepResultsMs) = (60_000, 60_000, 60_000)
        let id = try bench.submit(client, Bench.sample(), terms: terms)
        let attempt = try #require(try bench.take(worker)).attempt
        #expect(attempt.jobID == id)
        _ = try bench.heartbeat(worker, [attempt], step: 1)
        try bench.restart()
        let again = try bench.worker()
        try bench.complete(again, attempt) { $0.success = .init() }
        #expect(try bench.job(bench.client(), id).state == .succeeded)
        for _ in 0..<600 { _ = try bench.pass(.milliseconds(500)) }
        #expect(try bench.job(bench.client(), id).state == .succeeded)
    }
}
