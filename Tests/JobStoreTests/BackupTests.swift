import Foundation
import JobStore
import Testing

@Suite struct BackupTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    @Test func aBackupIsAStoreOfItsOwn() throws {
        let directory = scratch.path + "/broker"
        let store = try JobStore(directory: directory)
        let blobs = try BlobStore(directory: directory, hash: { ToyHash() })
        let content = Array("content".utf8)
        _ = try blobs.put(ToyHash.of(content), size: Int64(content.count), offset: 0, bytes: content)
        try store.batch { batch in
            try batch.insertBlob(sha256: ToyHash.of(content), size: Int64(content.count), nowMS: 1)
            for index in 0..<500 {
                var job = NewJob.sample("job \(index)")
                job.spec = [UInt8](repeating: 1, count: 3000)
                try batch.insert(job, nowMS: 1)
            }
        }
        let backup = try Backup(of: store, to: scratch.path + "/copy")
        try backup.step()
        #expect(!backup.progress.isDone && backup.progress.pages < backup.progress.totalPages)
        // The store goes on, and what it takes meanwhile is in the copy.
        try store.batch { try $0.submit(.sample("late"), nowMS: 2) }
        while !backup.progress.isDone { try backup.step() }
        #expect(backup.progress.files == 1)
        try store.batch { try $0.submit(.sample("after"), nowMS: 3) }

        let copy = try JobStore(directory: scratch.path + "/copy")
        #expect(copy.wasStoppedCleanly)
        #expect(try copy.pragma("integrity_check") == "ok")
        #expect(try copy.batch { try $0.jobs(limit: 1000).count } == 501)
        #expect(try copy.batch { try $0.job("late") } != nil)
        #expect(try copy.batch { try $0.job("after") } == nil)
        let copied = try BlobStore(directory: scratch.path + "/copy", hash: { ToyHash() })
        #expect(try copied.read(ToyHash.of(content), size: Int64(content.count), offset: 0, count: 100) == content)
    }

    /// One of the files that it names is gone: such a backup is none.
    @Test func whatCannotBeFinishedLeavesNothing() throws {
        let store = try JobStore(directory: scratch.path + "/broker")
        try store.batch { try $0.insertBlob(sha256: ToyHash.of([1]), size: 1, nowMS: 1) }
        let backup = try Backup(of: store, to: scratch.path + "/copy")
        #expect(throws: StoreError.self) { while !backup.progress.isDone { try backup.step() } }
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/copy"))
    }

    @Test func takesNoFolderThatIsThere() throws {
        let store = try JobStore(directory: scratch.path + "/broker")
        for path in [scratch.path, "relative/path", ""] {
            let error = #expect(throws: StoreError.self) { try Backup(of: store, to: path) }
            #expect(error?.kind == .file && error?.isFatal == false)
        }
    }
}
