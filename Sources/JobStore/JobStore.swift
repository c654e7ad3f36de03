internal import GRDB
import Synchronization

/// Durable truth: jobs, attempts, leases, artifacts, logs, in one SQLite file with one writer.
///
/// All work happens in `batch`: one transaction for many requests, durable when it returns. Specs and facts are opaque
/// bytes, and time is an argument. Calls block; call it from one thread that may.
package final class JobStore: Sendable {
    package let directory: String
    /// Whether the last broker on this directory was stopped in an orderly way, or there was none.
    package let wasStoppedCleanly: Bool
    /// Where the files went that were in the way, when they were moved.
    package let setAside: String?
    /// Files that others on this machine can read and that could not be made private.
    package let readableByOthers: [String]
    private let lock: DirectoryLock
    private let path: String
    private let queue: DatabaseQueue
    private let log = LogSize()
    /// The connection that looks for damage, while it does.
    private let checker = Mutex<DatabaseQueue?>(nil)
    /// Only ever used inside `queue`, which lets one thread in at a time.
    private nonisolated(unsafe) let statements = Statements()
    private nonisolated(unsafe) let laneNumbers = LaneNumbers()

    /// Opens the store in `directory`, made when it is not there, and brings its schema up to date.
    /// - Parameters:
    ///   - startsEmpty: whether files that no database of Grove's explains are moved aside, instead of refused.
    ///   - maximumPages: how many pages of 4 KiB the database may have; to SQLite the disk is full beyond that.
    /// - Throws: `StoreError`: another broker is there, a newer release wrote the file, or the disk refuses.
    package init(directory: String, startsEmpty: Bool = false, maximumPages: Int? = nil) throws {
        guard !directory.isEmpty else {
            throw StoreError(kind: .file, message: "the folder of the broker has no name; name one with --data")
        }
        try FileSystem.createDirectory(directory)
        self.directory = directory
        lock = try DirectoryLock(directory: directory)
        let files = StoreFiles(directory: directory)
        path = files.database
        do {
            (queue, wasStoppedCleanly, readableByOthers) = try Self.open(files)
            setAside = nil
        } catch let error as StoreError where error.kind == .notGroves && startsEmpty {
            setAside = try files.setAside()
            (queue, wasStoppedCleanly, readableByOthers) = try Self.open(files)
        }
        if let maximumPages { _ = try pragma("max_page_count = \(maximumPages)") }
        try withConnection { log.follow($0) }
        try FileSystem.synchronizeDirectory(directory)
    }

    private static func open(
        _ files: StoreFiles
    ) throws -> (queue: DatabaseQueue, wasClean: Bool, readableByOthers: [String]) {
        try files.requireDatabase()
        let readable = try files.makePrivate()
        let (queue, wasClean) = try StoreError.translating { try DatabaseOpening(files: files).open() }
        return (queue, wasClean, readable)
    }

    /// Looks through the whole database for damage, beside the work of the store: for the time after a stop that was not
    /// orderly. It takes a second for some hundred megabytes, on any thread; `close` ends it.
    /// - Returns: whether it got to the end.
    /// - Throws: `StoreError` of kind `.corrupt` when there is damage.
    package func check() throws -> Bool {
        // A reader is no danger to the log: it neither writes nor checkpoints.
        var configuration = Configuration()
        configuration.readonly = true
        configuration.label = "grove.jobstore.check"
        let finding: String?
        do {
            let reader = try DatabaseQueue(path: path, configuration: configuration)
            checker.withLock { $0 = reader }
            defer { checker.withLock { $0 = nil } }
            finding = try reader.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
            try reader.close()
        } catch let error as DatabaseError {
            if error.resultCode == .SQLITE_INTERRUPT { return false }
            throw StoreError(error)
        }
        guard finding == "ok" else {
            throw StoreError(
                kind: .corrupt,
                message: "\(path) is damaged (\(finding ?? "no finding")); restore it from a backup, it cannot be used")
        }
        return true
    }

    /// Runs many requests as one transaction, which is durable when this returns and void when it throws.
    ///
    /// Wrap each request in `StoreTransaction.request`, so that one that fails takes back its own changes only.
    /// - Throws: `StoreError` when the database failed, or what `body` threw.
    package func batch<T>(_ body: (StoreTransaction) throws -> T) throws -> T {
        try StoreError.translating {
            try queue.writeWithoutTransaction { database in
                do {
                    var result: T?
                    try database.inTransaction(.immediate) {
                        let transaction = StoreTransaction(
                            database: database, statements: statements, journal: QueueJournal(),
                            laneNumbers: laneNumbers)
                        result = try body(transaction)
                        try statements.requireWhole()
                        try transaction.takeRoom()
                        return .commit
                    }
                    guard let result else { preconditionFailure("a committed batch has a result") }
                    return result
                } catch {
                    laneNumbers.forget()
                    throw error
                }
            }
        }
    }

    /// SQLite's handle, for a backup; outside of a batch.
    func withConnection<T>(_ body: (OpaquePointer) throws -> T) throws -> T {
        try queue.writeWithoutTransaction { database in
            guard let connection = database.sqliteConnection else { preconditionFailure("the store is closed") }
            return try body(connection)
        }
    }

    func withFault<T>(_ body: (StatementFault) throws -> T) throws -> T {
        try queue.writeWithoutTransaction { _ in try body(statements.fault) }
    }

    /// What SQLite says of a setting now.
    package func pragma(_ name: String) throws -> String? {
        try StoreError.translating {
            try queue.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA \(name)") }
        }
    }

    /// Pages of 4 KiB that were written to the log since a checkpoint let it begin anew.
    package var logPages: Int { log.pages }

    /// Copies finished pages from the log into the database file, so that the log is reused instead of growing. For the
    /// idle moments between batches; does not wait for anybody.
    package func checkpoint() throws {
        _ = try StoreError.translating { try queue.writeWithoutTransaction { try $0.checkpoint(.passive) } }
    }

    /// Folds the log in, and gives back what it takes on the disk. Takes no room by itself.
    /// - Returns: whether that was worth the work.
    package func shrinkLog() throws -> Bool {
        let size = try FileSystem.size(of: path + "-wal") ?? 0
        guard size > Self.shortLogBytes else { return false }
        // Who reads what is in the log, to look for damage, would be waited for.
        guard checker.withLock({ $0 == nil }) else {
            try checkpoint()
            return true
        }
        try StoreError.translating { try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) } }
        return true
    }

    private static let shortLogBytes: Int64 = 1 << 20

    /// Ends it in an orderly way: the database is one file afterwards. Nothing may be called after.
    package func close() throws {
        checker.withLock { $0?.interrupt() }
        try StoreError.translating {
            try queue.writeWithoutTransaction { database in
                statements.removeAll()
                try database.execute(sql: "PRAGMA user_version = 2")
                _ = try database.checkpoint(.truncate)
            }
            try queue.close()
        }
    }
}
