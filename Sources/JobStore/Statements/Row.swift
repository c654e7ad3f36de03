internal import GRDBSQLite

/// One row of an answer, by the names of its columns. It holds its values, whatever becomes of the statement.
///
/// A column that is not there, or of another type than was asked for, is a mistake in a statement of ours, for tables are
/// STRICT: it traps.
struct Row {
    /// The names of a statement's columns, shared by all its rows.
    final class Columns {
        fileprivate let places: [String: Int]
        let count: Int

        init(_ names: [String]) {
            count = names.count
            places = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    enum Value {
        case null
        case integer(Int64)
        case text(String)
        case blob([UInt8])
    }

    private let columns: Columns
    private let values: [Value]

    init(_ columns: Columns, _ values: [Value]) {
        (self.columns, self.values) = (columns, values)
    }

    subscript<T: Readable>(_ name: String) -> T {
        guard let value = T(value(name)) else { preconditionFailure("the column \(name) is no \(T.self)") }
        return value
    }

    subscript<T: Readable>(_ name: String) -> T? {
        if case .null = value(name) { return nil }
        return self[name] as T
    }

    func bytes(_ name: String) -> [UInt8] { self[name] }

    private func value(_ name: String) -> Value {
        guard let place = columns.places[name] else { preconditionFailure("the statement has no column \(name)") }
        return values[place]
    }
}

extension Row.Value {
    init(_ statement: OpaquePointer, _ column: Int32) {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: self = .integer(sqlite3_column_int64(statement, column))
        case SQLITE_TEXT:
            let bytes = UnsafeBufferPointer(
                start: sqlite3_column_text(statement, column), count: Int(sqlite3_column_bytes(statement, column)))
            self = .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            let bytes = UnsafeRawBufferPointer(
                start: sqlite3_column_blob(statement, column), count: Int(sqlite3_column_bytes(statement, column)))
            self = .blob([UInt8](bytes))
        case SQLITE_NULL: self = .null
        default: preconditionFailure("the schema has no columns of floating point")
        }
    }
}

/// What a column can be read as.
protocol Readable {
    init?(_ value: Row.Value)
}

extension Int64: Readable {
    init?(_ value: Row.Value) {
        guard case .integer(let number) = value else { return nil }
        self = number
    }
}

extension Int: Readable {
    init?(_ value: Row.Value) {
        guard case .integer(let number) = value else { return nil }
        self = Int(number)
    }
}

extension Bool: Readable {
    init?(_ value: Row.Value) {
        guard case .integer(let number) = value else { return nil }
        self = number != 0
    }
}

extension String: Readable {
    init?(_ value: Row.Value) {
        guard case .text(let text) = value else { return nil }
        self = text
    }
}

extension [UInt8]: Readable {
    init?(_ value: Row.Value) {
        guard case .blob(let bytes) = value else { return nil }
        self = bytes
    }
}
