import Foundation
import GRDB
import Testing

@testable import JobStore

/// Databases of earlier releases, as text in `Schemas`, become this release's with all that they held.
@Suite struct MigrationTests {
    private static let schemas = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Schemas")
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    /// A store on a database that an earlier release left.
    private func migrated(_ version: Int) throws -> JobStore {
        let dump = try String(contentsOf: Self.schemas.appending(path: "\(version).sql"), encoding: .utf8)
        // A dump names its tables in the order of the alphabet.
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let old = try DatabaseQueue(path: scratch.path + "/jobs.sqlite", configuration: configuration)
        try old.write { try $0.execute(sql: dump) }
        try old.close()
        return try JobStore(directory: scratch.path)
    }

    /// A migration that is added needs a dump of the schema before it.
    @Test func everyEarlierSchemaHasADump() throws {
        let dumps = try FileManager.default.contentsOfDirectory(atPath: Self.schemas.path)
        let earlier = Migrations.all.migrations.dropLast().map { String($0.prefix { $0 != " " }) + ".sql" }
        #expect(Set(dumps) == Set(earlier))
    }

    @Test(arguments: [1, 2, 3, 4, 5, 20])
    func keepsEveryJob(from version: Int) throws {
        let store = try migrated(version)
        let states = try store.batch { try $0.jobs(limit: 10) }.map(\.state)
        // The oldest ones; later schemas have more.
        #expect(states.suffix(4) == [.succeeded, .running, .waiting, .waiting])
        try store.batch { (batch) throws in
            #expect(try batch.leases().map(\.attempt) == [AttemptKey(jobID: "01m87zc4hkg012", number: 1)])
            #expect(try batch.idempotency(key: "key-1")?.jobID == "01m87zc4hkg010")
            #expect(try batch.spec("01m87zc4hkg011") == Array("spec 2".utf8))
            #expect(try batch.results(of: "01m87zc4hkg013").map(\.name) == ["log.txt"])
            #expect(try batch.checkpoint(of: "01m87zc4hkg012")?.size == 4)
            #expect(try batch.log("01m87zc4hkg012", from: 0, limit: 10).map(\.text) == ["begun"])
        }
        #expect(try store.pragma("integrity_check") == "ok")
        #expect(try store.pragma("foreign_key_check") == nil)
    }

    @Test(arguments: [3, 4, 5, 20])
    func keepsWhatJobsWaitFor(from version: Int) throws {
        try migrated(version).batch { batch in
            let job = try #require(try batch.job("01m87zc4hkg011"))
            #expect(job.terms == Array("terms".utf8) && job.failures == 2 && job.parentsLeft == 1)
            #expect(try batch.parents(of: job).map(\.id) == ["01m87zc4hkg012"])
            #expect(try batch.nextTimer() == 1_764_000_009_000)
            #expect(try batch.lanes().contains { $0.key.user == "ann" && $0.head?.job == 1 })
        }
    }

    @Test(arguments: [4, 5, 20])
    func keepsGates(from version: Int) throws {
        #expect(try migrated(version).batch { try $0.gates() } == ["w2": 2])
    }

    @Test(arguments: [5, 20])
    func keepsArrays(from version: Int) throws {
        try migrated(version).batch { batch in
            let array = try #require(try batch.job("01m87zc4hkg014"))
            #expect(array.arrayLeft == 2 && array.arrayLimit == 2)
            #expect(try batch.jobs(of: array).map(\.arrayPlace?.index) == [0, 1])
            let lane = try #require(try batch.lanes().first { $0.key.array == array.number })
            #expect(lane.waiting == 2 && lane.key.arrayLimit == 2 && lane.key.modelName == "oak")
        }
    }

    @Test func keepsWhatIsGone() throws {
        try migrated(20).batch { batch in
            let job = try #require(try batch.job("01m87zc4hkg017"))
            #expect(try batch.resultsRemoved(of: job) == 1_764_000_005_000)
            #expect(try batch.jobsWithFiles(after: 0, limit: 10).map(\.number) == [1, 3, 4])
            let (forgotten, _) = try batch.forgetBlobs(after: "", createdBeforeMS: .max, limit: 100)
            #expect(forgotten == [String(repeating: "5", count: 64)])
        }
    }

    @Test func blobsOfBeforeAreKeptForGood() throws {
        let store = try migrated(2)
        let (forgotten, _) = try store.batch { try $0.forgetBlobs(after: "", createdBeforeMS: .max, limit: 100) }
        #expect(forgotten.isEmpty)
        #expect(try store.batch { try $0.blobBytes() } == 12)
    }
}
