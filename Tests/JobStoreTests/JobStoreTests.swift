import Foundation
import Testing

@testable import JobStore

/// Opening, closing, and what must survive both.
@Suite struct JobStoreTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    @Test func keepsEverythingOverARestart() throws {
        do {
            let store = try JobStore(directory: scratch.path)
            #expect(store.wasStoppedCleanly)
            try store.batch { (batch) throws in
                try batch.submit(.sample("a"), idempotency: ("key", [9, 9]), nowMS: 1)
                try batch.submit(.sample("b"), nowMS: 1)
                let claim = try #require(try batch.claim())
                try batch.appendLog("a", ["one", "two"], keeping: 100, nowMS: 2)
                let file = FileRecord(name: "c", sha256: "00", size: 4)
                #expect(try batch.saveCheckpoint(claim.attempt, file))
            }
            try store.close()
        }
        let store = try JobStore(directory: scratch.path)
        #expect(store.wasStoppedCleanly)
        try store.batch { (batch) throws in
            #expect(try batch.job("a")?.state == .running)
            #expect(try batch.job("b")?.state == .waiting)
            #expect(try batch.spec("b") == Array("spec of b".utf8))
            #expect(try batch.leases().map(\.attempt) == [AttemptKey(jobID: "a", number: 1)])
            #expect(try batch.idempotency(key: "key") == IdempotencyRecord(jobID: "a", digest: [9, 9]))
            #expect(try batch.log("a", from: 0, limit: 10).map(\.text) == ["one", "two"])
            #expect(try batch.checkpoint(of: "a")?.name == "c")
        }
    }

    /// What a killed process leaves behind: a log that was never folded into the database file.
    @Test func recoversWhatWasNeverClosed() throws {
        let other = try Scratch()
        let store = try JobStore(directory: scratch.path)
        try store.batch { try $0.submit(.sample("a"), nowMS: 1) }
        for name in ["jobs.sqlite", "jobs.sqlite-wal"] {
            try FileManager.default.copyItem(atPath: scratch.path + "/" + name, toPath: other.path + "/" + name)
        }
        let recovered = try JobStore(directory: other.path)
        #expect(!recovered.wasStoppedCleanly)
        #expect(try recovered.batch { try $0.job("a")?.state } == .waiting)
        try recovered.close()
        try store.close()
    }

    /// The library beneath has an opinion of its own about these; a commit is only a promise with FULL.
    @Test func commitsAreOnTheDisk() throws {
        let store = try JobStore(directory: scratch.path)
        #expect(try store.pragma("journal_mode") == "wal")
        #expect(try store.pragma("synchronous") == "2")
        #expect(try store.pragma("wal_autocheckpoint") == "0")
        #expect(try store.pragma("mmap_size") == "0")
        #expect(try store.pragma("foreign_keys") == "1")
    }

    @Test func oneBrokerADirectory() throws {
        let store = try JobStore(directory: scratch.path)
        let error = #expect(throws: StoreError.self) { try JobStore(directory: scratch.path) }
        #expect(error?.kind == .locked)
        #expect(error?.message.contains("process \(getpid())") == true)
        try store.close()
    }

    @Test func refusesAFileFromTheFuture() throws {
        do {
            let store = try JobStore(directory: scratch.path)
            try store.batch { try $0.run("INSERT INTO grdb_migrations VALUES ('99 teleportation')") }
            try store.close()
        }
        let error = #expect(throws: StoreError.self) { try JobStore(directory: scratch.path) }
        #expect(error?.kind == .fromTheFuture)
        #expect(error?.message.contains("newer release") == true)
    }

    @Test func refusesWhatIsNoDatabase() throws {
        try Data("not a database, but long enough to be looked at as one".utf8)
            .write(to: URL(filePath: scratch.path + "/jobs.sqlite"))
        let error = #expect(throws: StoreError.self) { try JobStore(directory: scratch.path) }
        #expect(error?.kind == .notGroves && error?.message.contains("--start-empty") == true)
    }

    @Test func aRequestThatFailsDoesNotUndoOthers() throws {
        struct Refused: Error {}
        let store = try JobStore(directory: scratch.path)
        func insert(_ id: String, into batch: StoreTransaction, thenThrow error: (any Error)? = nil) throws {
            try batch.request {
                try batch.submit(.sample(id), nowMS: 1)
                if let error { throw error }
            }
        }
        try store.batch { batch in
            try insert("a", into: batch)
            #expect(throws: Refused.self) { try insert("b", into: batch, thenThrow: Refused()) }
            // The same id again.
            let error = #expect(throws: StoreError.self) { try insert("a", into: batch) }
            #expect(error?.kind == .constraint)
            try insert("c", into: batch)
        }
        #expect(try store.batch { try $0.jobs(limit: 10).map(\.id) } == ["c", "a"])
    }

    @Test func aBatchThatFailsLeavesNothing() throws {
        struct Stopped: Error {}
        let store = try JobStore(directory: scratch.path)
        #expect(throws: Stopped.self) {
            try store.batch { (batch) throws in
                try batch.submit(.sample("a"), nowMS: 1)
                throw Stopped()
            }
        }
        #expect(try store.batch { try $0.job("a") } == nil)
    }

    @Test func aFullDiskIsSaidAndNothingIsLost() throws {
        let store = try JobStore(directory: scratch.path, maximumPages: 100)
        var kept: [String] = []
        var failure: StoreError?
        while failure == nil, kept.count < 1000 {
            let id = "job \(kept.count)"
            var job = NewJob.sample(id)
            job.spec = [UInt8](repeating: 1, count: 4000)
            do {
                try store.batch { batch in try batch.request { try batch.submit(job, nowMS: 1) } }
                kept.append(id)
            } catch let error as StoreError {
                failure = error
            }
        }
        #expect(failure?.kind == .diskFull && failure?.isFatal == false)
        #expect(kept.count > 10)
        #expect(try store.batch { try $0.jobs(limit: 1000).map(\.id) } == kept.reversed())
        // What needs no room goes on.
        let first = try #require(try store.batch { try $0.claim() })
        #expect(try store.batch { try $0.finish(first.attempt, .failed(cancelled), nowMS: 2) }?.state == .failed)
    }

    @Test func looksForDamageBesideItsWork() throws {
        let store = try JobStore(directory: scratch.path)
        for index in 0..<200 {
            var job = NewJob.sample("job \(index)")
            job.spec = [UInt8](repeating: 7, count: 2000)
            try store.batch { try $0.submit(job, nowMS: 1) }
        }
        #expect(try store.check())
        #expect(store.logPages > 0)
        try store.checkpoint()
        // A page in the middle, behind the store's back.
        let file = try FileHandle(forUpdating: URL(filePath: scratch.path + "/jobs.sqlite"))
        let end = try file.seekToEnd()
        for offset in stride(from: 40 * 4096, to: end, by: 4096) {
            try file.seek(toOffset: offset)
            try file.write(contentsOf: [UInt8](repeating: 0xFF, count: 64))
        }
        try file.close()
        let error = #expect(throws: StoreError.self) { try store.check() }
        #expect(error?.kind == .corrupt && error?.message.contains("backup") == true)
    }

    @Test func aReserveIsHeldAndGivenUp() throws {
        let reserve = DiskReserve(directory: scratch.path, bytes: 3_000_000)
        #expect(try reserve.hold() && reserve.isHeld)
        #expect(try FileSystem.size(of: scratch.path + "/reserve") == 3_000_000)
        try reserve.release()
        #expect(try !reserve.isHeld && FileSystem.size(of: scratch.path + "/reserve") == 0)
        // What an earlier broker held is held again.
        #expect(try reserve.hold() && reserve.hold())
        #expect(try DiskReserve(directory: scratch.path, bytes: 1000).hold())
    }

    @Test func theLogIsFoldedInAndReused() throws {
        let store = try JobStore(directory: scratch.path)
        for index in 0..<300 {
            try store.batch { try $0.submit(.sample("job \(index)"), nowMS: 1) }
            if index % 50 == 0 { try store.checkpoint() }
        }
        let wal = try FileManager.default.attributesOfItem(atPath: scratch.path + "/jobs.sqlite-wal")
        let size = try #require(wal[.size] as? Int)
        #expect(size < 4 << 20, "without checkpoints it would be over 5 MB")
        try store.close()
    }
}
