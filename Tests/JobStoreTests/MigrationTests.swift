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

    @Test(arguments: [1, 2])
    func keepsEveryJob(from version: Int) throws {
        let store = try migrated(version)
        let states = try store.batch { try $0.jobs(limit: 10) }.map(\.state)
        #expect(states == [.succeeded, .running, .waiting, .waiting])
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

    @Test func blobsOfBeforeAreKeptForGood() throws {
        let store = try migrated(2)
        let (forgotten, _) = try store.batch { try $0.forgetBlobs(after: "", createdBeforeMS: .max, limit: 100) }
        #expect(forgotten.isEmpty)
        #expect(try store.batch { try $0.blobBytes() } == 12)
    }
}
