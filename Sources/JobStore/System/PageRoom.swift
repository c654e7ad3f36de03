internal import GRDB
internal import GRDBSQLite

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Room for pages in the database file, taken before they are committed to the log: so the log can be folded in, and begin
/// anew, also when the disk is full.
enum PageRoom {
    private static let pageBytes: Int64 = 4096
    /// The file grows by so much at a time.
    private static let chunkBytes: Int32 = 256 << 10

    /// For a connection that was just opened.
    static func begin(_ database: Database) throws {
        var bytes = chunkBytes
        guard control(database, SQLITE_FCNTL_CHUNK_SIZE, &bytes) == SQLITE_OK else {
            throw StoreError(
                kind: .system, message: "this release of SQLite does not let files grow in chunks; use another")
        }
    }

    /// Lets the file become as long as the pages of the open transaction need; does nothing when it is.
    /// - Throws: `StoreError` of kind `.diskFull` when there is no room.
    static func take(pages: Int64, _ database: Database) throws {
        var bytes = pages * pageBytes
        guard control(database, SQLITE_FCNTL_SIZE_HINT, &bytes) != SQLITE_OK else { return }
        var reason: Int32 = 0
        guard control(database, SQLITE_FCNTL_LAST_ERRNO, &reason) == SQLITE_OK, reason != 0 else {
            throw StoreError.diskFull
        }
        guard reason == ENOSPC || reason == EDQUOT || reason == EFBIG else {
            throw StoreError(
                kind: .system,
                message:
                    "the job database cannot grow (\(String(cString: strerror(reason)))); look after the disk and start "
                    + "again")
        }
        throw StoreError.diskFull
    }

    private static func control<Value: BitwiseCopyable>(_ database: Database, _ operation: Int32, _ value: inout Value)
        -> Int32
    {
        sqlite3_file_control(database.sqliteConnection, "main", operation, &value)
    }
}
