import Foundation
import GRDB
import Testing

@testable import JobStore

/// What a row holds that no release of the broker writes.
@Suite struct DamagedRowTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        let store = try JobStore(directory: scratch.path)
        try store.batch { batch in
            for id in ["a", "b"] { try batch.submit(.sample(id), nowMS: 1) }
        }
        try store.close()
    }

    private func change(_ sql: String) throws {
        let database = try DatabaseQueue(path: scratch.path + "/jobs.sqlite")
        try database.writeWithoutTransaction { try $0.execute(sql: sql) }
        try database.close()
    }

    private func withStore(_ body: (JobStore) throws -> Void) throws {
        let copy = try Scratch()
        try FileManager.default.copyItem(atPath: scratch.path + "/jobs.sqlite", toPath: copy.path + "/jobs.sqlite")
        try body(try JobStore(directory: copy.path))
    }

    @Test func anUnknownStateIsSaidAndTheOthersGoOn() throws {
        try change("UPDATE job SET state = 99 WHERE id = 'a'")
        try withStore { store in
            let job = try #require(try store.batch { try $0.job("a") })
            #expect(job.state == .failed && job.failure?.message.contains("99") == true)
            #expect(try store.batch { try $0.job("b") }?.state == .waiting)
        }
    }

    @Test func aValueOfAnotherTypeEndsTheBatchAndNotTheProcess() throws {
        try change(
            """
            PRAGMA writable_schema = ON;
            UPDATE sqlite_master SET sql = replace(sql, 'priority INTEGER NOT NULL', 'priority ANY') WHERE name = 'job';
            PRAGMA writable_schema = RESET;
            UPDATE job SET priority = 1.5 WHERE id = 'a';
            """)
        try withStore { store in
            let error = #expect(throws: StoreError.self) { try store.batch { try $0.job("a") } }
            #expect(error?.kind == .corrupt && error?.message.contains("backup") == true)
        }
    }

    @Test func numbersAtTheirEndsAreCountedWith() throws {
        try change(
            """
            UPDATE job SET attempts = 9223372036854775807, started_ms = -9223372036854775808, submitted_ms = -1;
            UPDATE queue SET ready_ms = -9223372036854775808;
            """)
        try withStore { store in
            let claim = try store.batch { try $0.claim() }
            #expect(claim?.attempt.jobID == "a")
            #expect(try store.batch { try $0.leases().count } == 1)
        }
    }
}
