import Foundation
import GRDB
import Testing

@testable import JobStore

/// What lies in the directory of a store before it is opened, and who may read it.
@Suite struct StoreFilesTests {
    private let scratch: Scratch
    private let blob: String

    init() throws {
        scratch = try Scratch()
        blob = scratch.path + "/blobs/" + String(repeating: "a", count: 2) + "/" + String(repeating: "b", count: 62)
    }

    enum Loss: CaseIterable {
        case missing, noBytes, noTables, missingButItsLog, anotherPrograms, noDatabase
    }

    private func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(filePath: scratch.path + "/" + name))
    }

    private func lay(_ loss: Loss) throws {
        switch loss {
        case .missing, .missingButItsLog: break
        case .noBytes: try write([], to: "jobs.sqlite")
        case .noDatabase: try write(Array("something that a person put here, and no database".utf8), to: "jobs.sqlite")
        case .noTables, .anotherPrograms:
            let other = try DatabaseQueue(path: scratch.path + "/jobs.sqlite")
            let sql = loss == .noTables ? "PRAGMA user_version = 3" : "CREATE TABLE bookmark (url TEXT)"
            try other.writeWithoutTransaction { try $0.execute(sql: sql) }
            try other.close()
        }
        if loss == .missingButItsLog {
            try write([1, 2, 3], to: "jobs.sqlite-wal")
        } else if loss != .anotherPrograms && loss != .noDatabase {
            try layBlob()
        }
    }

    private func layBlob() throws {
        try FileManager.default.createDirectory(
            atPath: (blob as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data([1]).write(to: URL(filePath: blob))
    }

    private func contents() throws -> [String: Data] {
        try FileManager.default.subpathsOfDirectory(atPath: scratch.path).reduce(into: [:]) { found, name in
            found[name] = FileManager.default.contents(atPath: scratch.path + "/" + name)
        }.filter { $0.key != "lock" }
    }

    @Test(arguments: Loss.allCases)
    func filesWithoutTheirDatabaseAreRefusedAndLeft(_ loss: Loss) throws {
        try lay(loss)
        let before = try contents()
        let error = #expect(throws: StoreError.self) { try JobStore(directory: scratch.path) }
        #expect(error?.kind == .notGroves && error?.message.contains("--start-empty") == true)
        #expect(try contents() == before)
    }

    @Test(arguments: Loss.allCases)
    func startingEmptyMovesThemAside(_ loss: Loss) throws {
        try lay(loss)
        let before = try contents()
        let store = try JobStore(directory: scratch.path, startsEmpty: true)
        let aside = try #require(store.setAside)
        let after = try contents()
        for (name, bytes) in before {
            let moved = try #require(after[(aside as NSString).lastPathComponent + "/" + name])
            #expect(moved == bytes)
        }
        #expect(try store.batch { try $0.jobs(limit: 10) }.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: blob))
        try store.close()
    }

    /// A service that is always started so loses nothing.
    @Test func startingEmptyLeavesAStoreThatIsWhole() throws {
        let first = try JobStore(directory: scratch.path, startsEmpty: true)
        try first.batch { try $0.submit(.sample("a"), nowMS: 1) }
        try layBlob()
        try first.close()
        let copy = try Scratch()
        for name in ["jobs.sqlite", "blobs"] {
            try FileManager.default.copyItem(atPath: scratch.path + "/" + name, toPath: copy.path + "/" + name)
        }
        let again = try JobStore(directory: copy.path, startsEmpty: true)
        #expect(try again.setAside == nil && again.batch { try $0.job("a") } != nil)
    }

    /// The ledger of migrations is the first table that a first start makes.
    @Test func aFirstStartThatWasCutOffIsNew() throws {
        let cut = try DatabaseQueue(path: scratch.path + "/jobs.sqlite")
        try cut.write { try $0.execute(sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)") }
        try cut.close()
        #expect(try JobStore(directory: scratch.path).setAside == nil)
    }

    /// A folder in which nothing is yet, as an earlier start that was cut off leaves it.
    @Test func emptyFoldersAreNew() throws {
        try FileManager.default.createDirectory(atPath: scratch.path + "/blobs/aa", withIntermediateDirectories: true)
        try write([], to: "jobs.sqlite")
        #expect(try JobStore(directory: scratch.path).setAside == nil)
    }

    @Test func filesAreTheirOwnersOnly() throws {
        // As an earlier release made them.
        do {
            let old = try JobStore(directory: scratch.path)
            try old.close()
        }
        for name in ["jobs.sqlite", "lock"] { chmod(scratch.path + "/" + name, 0o644) }
        let store = try JobStore(directory: scratch.path)
        let blobs = try BlobStore(directory: scratch.path, hash: { ToyHash() })
        #expect(try DiskReserve(directory: scratch.path, bytes: 1000).hold())
        _ = try blobs.put(ToyHash.of([1]), size: 1, offset: 0, bytes: [1])
        try store.batch { batch in
            try batch.submit(.sample("a"), nowMS: 1)
            try batch.insertBlob(sha256: ToyHash.of([1]), size: 1, nowMS: 1)
        }
        let backup = try Backup(of: store, to: scratch.path + "/copy")
        while !backup.progress.isDone { try backup.step() }
        var files = 0
        for name in try FileManager.default.subpathsOfDirectory(atPath: scratch.path) {
            var status = stat()
            #expect(lstat(scratch.path + "/" + name, &status) == 0 && status.st_mode & 0o077 == 0, "\(name)")
            if status.st_mode & S_IFMT == S_IFREG { files += 1 }
        }
        #expect(files >= 8 && store.readableByOthers.isEmpty)
    }
}
