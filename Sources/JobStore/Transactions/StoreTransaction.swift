internal import GRDB

/// What can be read and changed inside `JobStore.batch`. Never keep it: it is void when the batch ends.
package struct StoreTransaction {
    let database: Database
    let statements: Statements
    let journal: QueueJournal
    let laneNumbers: LaneNumbers

    /// Runs one request of the batch. When it throws, what it changed is taken back and the other requests go on; except
    /// after a `StoreError` that `endsBatch`, which must be handed on.
    package func request<T>(_ body: () throws -> T) throws -> T {
        let mark = journal.changes
        try run("SAVEPOINT request")
        do {
            let result = try body()
            try run("RELEASE request")
            return result
        } catch let error as StoreError where !database.isInsideTransaction {
            // A full disk makes SQLite take back the whole transaction, not only the statement.
            throw StoreError(kind: error.kind, message: error.message, endsBatch: true)
        } catch {
            journal.changes = mark
            laneNumbers.forget()
            try run("ROLLBACK TO request")
            try run("RELEASE request")
            throw error
        }
    }
}

// MARK: Room

extension StoreTransaction {
    /// Makes sure, before the commit, that its pages can be folded into the database file.
    func takeRoom() throws {
        guard let pages: Int64 = try row("PRAGMA page_count")?["page_count"] else { return }
        try PageRoom.take(pages: pages, database)
    }
}

// MARK: Statements, each prepared once

extension StoreTransaction {
    func run(_ sql: String, _ arguments: [(any Bindable)?] = []) throws {
        try statements.run(sql, arguments, database)
    }

    func row(_ sql: String, _ arguments: [(any Bindable)?] = []) throws -> Row? {
        try statements.rows(sql, arguments, limit: 1, database).first
    }

    func rows(_ sql: String, _ arguments: [(any Bindable)?] = []) throws -> [Row] {
        try statements.rows(sql, arguments, database)
    }
}
