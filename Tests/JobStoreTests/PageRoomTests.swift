import Foundation
import Testing

@testable import JobStore

/// A full disk, as far as one can be had without a file system of its own: a limit on the size of files. `make chaos` has the
/// real one.
@Suite struct PageRoomTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    private func size(_ name: String) throws -> Int64 {
        try FileSystem.size(of: scratch.path + "/" + name) ?? 0
    }

    /// Every page that is committed has its place in the database file already, so folding the log in takes no room.
    @Test func whatIsCommittedHasItsPlace() throws {
        let store = try JobStore(directory: scratch.path)
        for index in 0..<40 {
            var job = NewJob.sample("job \(index)")
            job.spec = [UInt8](repeating: 1, count: 50_000)
            try store.batch { try $0.submit(job, nowMS: 1) }
            let pages = try #require(Int64(try store.pragma("page_count") ?? ""))
            #expect(try size("jobs.sqlite") >= pages * 4096)
        }
        #expect(store.logPages > 400)
        let before = try size("jobs.sqlite")
        try store.checkpoint()
        #expect(try size("jobs.sqlite") == before)
        #expect(try store.pragma("integrity_check") == "ok")
        try store.close()
    }

    @Test func aLongLogGivesItsRoomBack() throws {
        let store = try JobStore(directory: scratch.path)
        #expect(try !store.shrinkLog())
        for index in 0..<40 {
            var job = NewJob.sample("job \(index)")
            job.spec = [UInt8](repeating: 1, count: 50_000)
            try store.batch { try $0.submit(job, nowMS: 1) }
        }
        #expect(try size("jobs.sqlite-wal") > 2_000_000)
        #expect(try store.shrinkLog() && size("jobs.sqlite-wal") == 0)
        try store.batch { try $0.submit(.sample("after"), nowMS: 1) }
        #expect(try store.batch { try $0.jobs(limit: 100).count } == 41)
        try store.close()
    }

    /// What was taken for a commit that did not happen is used by the next.
    @Test func whatIsTakenBackLeavesTheDatabaseWhole() throws {
        struct Refused: Error {}
        let store = try JobStore(directory: scratch.path)
        #expect(throws: Refused.self) {
            try store.batch { batch in
                var job = NewJob.sample("large")
                job.spec = [UInt8](repeating: 1, count: 3_000_000)
                try batch.submit(job, nowMS: 1)
                try batch.takeRoom()
                throw Refused()
            }
        }
        #expect(try size("jobs.sqlite") > 3_000_000)
        try store.batch { try $0.submit(.sample("a"), nowMS: 1) }
        try store.checkpoint()
        #expect(try store.pragma("integrity_check") == "ok")
        #expect(try store.batch { try $0.jobs(limit: 10).map(\.id) } == ["a"])
        try store.close()
    }
}
