internal import GRDBSQLite
import Synchronization

/// How long a connection's write-ahead log is, as SQLite says after each commit.
final class LogSize: Sendable {
    private let count = Atomic<Int>(0)

    var pages: Int { count.load(ordering: .relaxed) }

    /// Follows a connection; the value must outlive it.
    func follow(_ connection: OpaquePointer) {
        let hook: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<CChar>?, Int32) -> Int32 = {
            context, _, _, pages in
            if let context {
                Unmanaged<LogSize>.fromOpaque(context).takeUnretainedValue().count.store(Int(pages), ordering: .relaxed)
            }
            return SQLITE_OK
        }
        sqlite3_wal_hook(connection, hook, Unmanaged.passUnretained(self).toOpaque())
    }
}
