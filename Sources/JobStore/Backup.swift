internal import GRDB
internal import GRDBSQLite

/// How far a backup is.
package struct BackupProgress: Hashable, Sendable {
    package var isDone = false
    package var pages = 0
    package var totalPages = 0
    package var files = 0
    package var totalFiles = 0

    package init() {}
}

/// A copy of a store into a folder that a broker can be started on, made in steps between the batches of the store, which
/// goes on. The database is copied as it is at the last step; files are linked where the folder is on the same file
/// system, and copied elsewhere. Belongs to the store's thread.
package final class Backup {
    package let path: String
    package private(set) var progress = BackupProgress()
    private let store: JobStore
    private var stage: Stage

    private enum Stage {
        case database(PageCopy)
        case files([String])
        case done
    }

    private static let pagesPerStep = 256
    private static let filesPerStep = 100

    /// Begins one.
    /// - Parameter path: absolute; made here.
    /// - Throws: `StoreError` of kind `.file` when it is there already or cannot be made.
    package init(of store: JobStore, to path: String) throws {
        guard path.hasPrefix("/"), try !FileSystem.exists(path) else {
            throw StoreError(
                kind: .file, message: "\(path) cannot take a backup; name a folder that does not exist, from / on")
        }
        try FileSystem.createDirectory(path)
        self.store = store
        self.path = path
        stage = try Self.removingWhatIsHalf(path) {
            try File.makePrivate(path + "/jobs.sqlite")
            return .database(try store.withConnection { try PageCopy(from: $0, to: path + "/jobs.sqlite") })
        }
    }

    /// Does a piece of it; outside of a batch.
    /// - Throws: `StoreError`; the backup is then void, and its folder is gone.
    package func step() throws {
        try Self.removingWhatIsHalf(path, piece)
    }

    /// A half of a backup takes room and helps nobody.
    private static func removingWhatIsHalf<T>(_ path: String, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch {
            try FileSystem.removeTree(path)
            throw error
        }
    }

    private func piece() throws {
        switch stage {
        case .database(let copy):
            let isDone = try store.withConnection { _ in try copy.step(Self.pagesPerStep) }
            (progress.pages, progress.totalPages) = copy.pages
            guard isDone else { return }
            let blobs = try copy.finish()
            progress.totalFiles = blobs.count
            stage = .files(blobs.reversed())
        case .files(var left):
            for sha256 in left.suffix(Self.filesPerStep) {
                try BlobStore.link(sha256, from: store.directory, to: path)
                progress.files += 1
            }
            left.removeLast(min(left.count, Self.filesPerStep))
            stage = .files(left)
            guard left.isEmpty else { return }
            try FileSystem.synchronizeDirectory(path)
            progress.isDone = true
            stage = .done
        case .done: break
        }
    }
}

/// SQLite's online copy of a database. What the source's connection writes meanwhile is written to the copy too.
private final class PageCopy {
    private let target: OpaquePointer
    private var backup: OpaquePointer?

    init(from source: OpaquePointer, to path: String) throws {
        var target: OpaquePointer?
        let code = sqlite3_open_v2(path, &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
        guard code == SQLITE_OK, let target else {
            sqlite3_close(target)
            throw StoreError(kind: .file, message: "\(path) cannot be made; look after the folder of the backup")
        }
        self.target = target
        backup = sqlite3_backup_init(target, "main", source, "main")
        guard backup != nil else { throw Self.error(target) }
    }

    deinit {
        // Ends one that was given up; its error was thrown by the step that met it.
        if let backup { sqlite3_backup_finish(backup) }
        sqlite3_close(target)
    }

    var pages: (Int, Int) {
        guard let backup else { return (0, 0) }
        let total = Int(sqlite3_backup_pagecount(backup))
        return (total - Int(sqlite3_backup_remaining(backup)), total)
    }

    /// - Returns: whether that was all.
    func step(_ count: Int) throws -> Bool {
        guard let backup else { return true }
        switch sqlite3_backup_step(backup, Int32(count)) {
        case SQLITE_DONE: return true
        case SQLITE_OK, SQLITE_BUSY, SQLITE_LOCKED: return false
        default: throw Self.error(target)
        }
    }

    /// Makes the copy durable, marked as closed in an orderly way.
    /// - Returns: the blobs that it names.
    func finish() throws -> [String] {
        guard let backup else { return [] }
        self.backup = nil
        guard sqlite3_backup_finish(backup) == SQLITE_OK,
            sqlite3_exec(target, "PRAGMA synchronous = FULL; PRAGMA user_version = 2", nil, nil, nil) == SQLITE_OK
        else { throw Self.error(target) }
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(target, "SELECT sha256 FROM blob", -1, &statement, nil) == SQLITE_OK, let statement
        else { throw Self.error(target) }
        defer { sqlite3_finalize(statement) }
        var blobs: [String] = []
        while sqlite3_step(statement) == SQLITE_ROW {
            if case .text(let sha256) = Row.Value(statement, 0) { blobs.append(sha256) }
        }
        guard sqlite3_errcode(target) == SQLITE_DONE else { throw Self.error(target) }
        return blobs
    }

    private static func error(_ connection: OpaquePointer) -> StoreError {
        let text = sqlite3_errmsg(connection).map { String(cString: $0) } ?? "no reason"
        let isFull = sqlite3_errcode(connection) == SQLITE_FULL
        return StoreError(
            kind: isFull ? .diskFull : .file,
            message: "the backup cannot go on: \(text); make room or choose another folder")
    }
}
