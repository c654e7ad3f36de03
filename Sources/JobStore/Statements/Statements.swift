internal import GRDB
internal import GRDBSQLite

/// The statements of one connection, each prepared once.
///
/// GRDB owns the connection, its transactions and the migrations. Single statements go to SQLite directly: a job costs a
/// dozen of them, and what GRDB can do beyond that (observation, rows that know their schema) took half of the time.
final class Statements {
    private var prepared: [String: Statement] = [:]
    let fault = StatementFault()
    private let damage = Row.Damage()

    /// Runs a statement that answers nothing.
    func run(_ sql: String, _ arguments: [(any Bindable)?], _ database: Database) throws {
        let statement = try statement(sql, database)
        defer { statement.reset() }
        try statement.bind(arguments)
        while try statement.step() {}
    }

    /// The rows that a statement answers, `limit` at most.
    func rows(_ sql: String, _ arguments: [(any Bindable)?], limit: Int = .max, _ database: Database) throws -> [Row] {
        let statement = try statement(sql, database)
        defer { statement.reset() }
        try statement.bind(arguments)
        var rows: [Row] = []
        while rows.count < limit, try statement.step() { rows.append(statement.row) }
        return rows
    }

    /// - Throws: `StoreError` of kind `.corrupt` when a row that was read is damaged.
    func requireWhole() throws {
        guard let finding = damage.finding else { return }
        throw StoreError(
            kind: .corrupt,
            message: "the job database is damaged (\(finding)); restore it from a backup, it cannot be used")
    }

    /// Gives up all statements; the connection cannot be closed before.
    func removeAll() { prepared = [:] }

    private func statement(_ sql: String, _ database: Database) throws -> Statement {
        try fault.strike()
        if let known = prepared[sql] { return known }
        let statement = try Statement(sql, database, damage)
        prepared[sql] = statement
        return statement
    }
}

/// One prepared statement.
private final class Statement {
    private let handle: OpaquePointer
    private let connection: OpaquePointer
    private let columns: Row.Columns

    init(_ sql: String, _ database: Database, _ damage: Row.Damage) throws {
        guard let connection = database.sqliteConnection else { preconditionFailure("a batch has an open database") }
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else { throw StoreError(connection, code) }
        self.connection = connection
        self.handle = handle
        let names = (0..<sqlite3_column_count(handle)).map { column in
            sqlite3_column_name(handle, column).map { String(cString: $0) } ?? ""
        }
        columns = Row.Columns(names, damage: damage)
    }

    deinit {
        // It answers with the error of the last step, which was thrown then.
        _ = sqlite3_finalize(handle)
    }

    func bind(_ arguments: [(any Bindable)?]) throws {
        let expected = sqlite3_bind_parameter_count(handle)
        precondition(arguments.count == Int(expected), "a statement has \(expected) parameters, not \(arguments.count)")
        for (index, argument) in arguments.enumerated() {
            let place = Int32(index + 1)
            let code = argument?.bind(to: handle, at: place) ?? sqlite3_bind_null(handle, place)
            guard code == SQLITE_OK else { throw StoreError(connection, code) }
        }
    }

    /// - Returns: whether there is a row.
    func step() throws -> Bool {
        let code = sqlite3_step(handle)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw StoreError(connection, code)
        }
    }

    var row: Row { Row(columns, (0..<Int32(columns.count)).map { Row.Value(handle, $0) }) }

    func reset() {
        // It answers with the error of the last step, which was thrown then.
        _ = sqlite3_reset(handle)
    }
}

extension StoreError {
    /// What SQLite says of a call that failed.
    fileprivate init(_ connection: OpaquePointer, _ code: Int32) {
        let message = sqlite3_errmsg(connection).map { String(cString: $0) }
        self.init(DatabaseError(resultCode: ResultCode(rawValue: code), message: message))
    }
}
