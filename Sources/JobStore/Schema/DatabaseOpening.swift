internal import GRDB
internal import GRDBSQLite

/// Opens the database file of a store, so that what is committed is on the disk and can always be folded in.
struct DatabaseOpening {
    let files: StoreFiles

    /// What SQLite is told, and what it must then say of itself: a WAL, and FULL (2), so that a commit is on the disk
    /// when it returns. No checkpoint inside a commit, and no memory map: both turn a disk error at the wrong moment
    /// into a crash or worse.
    private static let pragmas = [
        ("journal_mode", "wal"), ("synchronous", "2"), ("mmap_size", "0"), ("temp_store", "2"),
        ("wal_autocheckpoint", "0"), ("foreign_keys", "1"),
    ]

    /// - Returns: the connection, and whether the file was closed in an orderly way.
    func open() throws -> (queue: DatabaseQueue, wasClean: Bool) {
        let queue = try DatabaseQueue(path: files.database, configuration: configuration)
        do {
            return (queue, try prepare(queue))
        } catch let error as DatabaseError where StoreError(error).kind == .diskFull {
            // Of a broker that ended on a full disk: folding its log in takes no room, and then the log begins anew.
            try DiskReserve.release(directory: files.directory)
            try queue.writeWithoutTransaction { _ = try $0.checkpoint(.passive) }
            return (queue, try prepare(queue))
        }
    }

    private var configuration: Configuration {
        var configuration = Configuration()
        // Not `journalMode = .wal`: GRDB would lower `synchronous` to NORMAL, which a power loss can undo commits under.
        configuration.journalMode = .default
        configuration.busyMode = .timeout(5)
        configuration.label = "grove.jobstore"
        configuration.prepareDatabase { database in
            // Before anything is written into a file that is not ours.
            try requireGroves(database)
            for (name, value) in Self.pragmas { try database.execute(sql: "PRAGMA \(name) = \(value)") }
            try PageRoom.begin(database)
        }
        return configuration
    }

    private func requireGroves(_ database: Database) throws {
        do {
            let tables = Set(try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'"))
            let ledger = "grdb_migrations"
            let done =
                tables.contains(ledger)
                ? try String.fetchAll(database, sql: "SELECT identifier FROM \(ledger)") : []
            // A first start that was cut off has made the ledger, and nothing else.
            if tables.subtracting([ledger]).isEmpty, done.isEmpty {
                guard try !files.haveBlobs() else { throw files.notGroves("is empty") }
            } else if !done.contains(where: { $0 == Migrations.all.migrations.first }) {
                throw files.notGroves("is another program's")
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            throw files.notGroves("is no database")
        }
    }

    private func requirePragmas(_ queue: DatabaseQueue) throws {
        try queue.inDatabase { database in
            for (name, value) in Self.pragmas {
                let found = try String.fetchOne(database, sql: "PRAGMA \(name)") ?? "nothing"
                guard found == value else {
                    throw StoreError(
                        kind: .system,
                        message: "\(files.database) cannot be made durable: SQLite says \(name) = \(found), not "
                            + "\(value); use a directory on a local disk")
                }
            }
        }
    }

    /// - Returns: whether the file was closed in an orderly way.
    private func prepare(_ queue: DatabaseQueue) throws -> Bool {
        let migrations = Migrations.all
        let mark = try queue.read { database in
            guard try !migrations.hasBeenSuperseded(database) else {
                throw StoreError(
                    kind: .fromTheFuture,
                    message: "\(files.database) was written by a newer release of grove-broker; start that release, or "
                        + "restore a backup made with this one")
            }
            return try Int.fetchOne(database, sql: "PRAGMA user_version")
        }
        try requirePragmas(queue)
        try migrations.migrate(queue)
        // 0: a new file. 1: in use, or its broker was killed; then there is nothing to write. 2: closed.
        guard mark != 1 else { return false }
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA application_id = \(Migrations.applicationID); PRAGMA user_version = 1")
        }
        return true
    }
}
