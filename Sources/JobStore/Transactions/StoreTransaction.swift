import Foundation
internal import GRDB

/// What can be read and changed inside `JobStore.batch`. Never keep it: it is void when the batch ends.
package struct StoreTransaction {
    let database: Database

    /// Runs one request of the batch. When it throws, what it changed is taken back and the other requests go on; except
    /// after a `StoreError` that `endsBatch`, which must be handed on.
    package func request<T>(_ body: () throws -> T) throws -> T {
        do {
            return try StoreError.translating {
                var result: T?
                try database.inSavepoint {
                    result = try body()
                    return .commit
                }
                guard let result else { preconditionFailure("a finished request has a result") }
                return result
            }
        } catch let error as StoreError where !database.isInsideTransaction {
            // A full disk makes SQLite take back the whole transaction, not only the statement.
            throw StoreError(kind: error.kind, message: error.message, endsBatch: true)
        }
    }
}

// MARK: Statements, each prepared once

extension StoreTransaction {
    func run(_ sql: String, _ arguments: StatementArguments = []) throws {
        try StoreError.translating { try database.cachedStatement(sql: sql).execute(arguments: arguments) }
    }

    func row(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
        try StoreError.translating { try Row.fetchOne(database.cachedStatement(sql: sql), arguments: arguments) }
    }

    func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
        try StoreError.translating { try Row.fetchAll(database.cachedStatement(sql: sql), arguments: arguments) }
    }
}

extension Row {
    func bytes(_ column: String) -> [UInt8] {
        let data: Data = self[column]
        return [UInt8](data)
    }
}
