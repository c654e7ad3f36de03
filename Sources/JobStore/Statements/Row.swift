internal import GRDBSQLite

/// One row of an answer, by the names of its columns. It holds its values, whatever becomes of the statement.
///
/// A column that is not there is a mistake in a statement of ours: it traps. One of another type than was asked for is damage
/// on the disk, for tables are STRICT: it is noted, and the batch ends with an error.
struct Row {
    /// The names of a statement's columns, shared by all its rows.
    final class Columns {
        fileprivate let places: [String: Int]
        fileprivate let damage: Damage
        let count: Int

        init(_ names: [String], damage: Damage) {
            count = names.count
            self.damage = damage
            places = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// What rows of a connection turned out to be damaged.
    final class Damage {
        fileprivate(set) var finding: String?
    }

    enum Value {
        case null
        case integer(Int64)
        case text(String)
        case blob([UInt8])
        /// Of a type that no column has.
        case other
    }

    private let columns: Columns
    private let values: [Value]

    init(_ columns: Columns, _ values: [Value]) {
        (self.columns, self.values) = (columns, values)
    }

    subscript<T: Readable>(_ name: String) -> T {
        if let value = T(value(name)) { return value }
        columns.damage.finding = "the column \(name) holds no \(T.self)"
        return T.nothing
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
        default: self = .other
        }
    }
}

/// What a column can be read as.
protocol Readable {
    /// Stands for a value that is damaged, until the batch ends.
    static var nothing: Self { get }
    init?(_ value: Row.Value)
}

extension Int64: Readable {
    static var nothing: Int64 { 0 }

    init?(_ value: Row.Value) {
        guard case .integer(let number) = value else { return nil }
        self = number
    }
}

extension Int: Readable {
    static var nothing: Int { 0 }

    init?(_ value: Row.Value) {
        guard case .integer(let number) = value else { return nil }
        self = Int(number)
    }
}

extension Bool: Readable {
    static var nothing: Bool { false }

    init?(_ value: Row.Value) {
        guard case .integer(let number) = value else { return nil }
        self = number != 0
    }
}

extension String: Readable {
    static var nothing: String { "" }

    init?(_ value: Row.Value) {
        guard case .text(let text) = value else { return nil }
        self = text
    }
}

extension [UInt8]: Readable {
    static var nothing: [UInt8] { [] }

    init?(_ value: Row.Value) {
        guard case .blob(let bytes) = value else { return nil }
        self = bytes
    }
}
