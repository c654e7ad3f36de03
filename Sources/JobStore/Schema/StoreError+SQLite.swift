internal import GRDB

extension DatabaseError {
    fileprivate var isDiskFull: Bool { resultCode == .SQLITE_FULL || extendedResultCode == .SQLITE_IOERR_SHMSIZE }
}

extension StoreError {
    static let diskFull = StoreError(
        kind: .diskFull, message: "the disk of the broker is full; nothing was changed, make room and try again")

    /// SQLite's error in our words.
    init(_ error: DatabaseError) {
        let text = error.message ?? error.resultCode.description
        switch error.resultCode {
        // The index of the log is a file too, and there is no other reason why it could not grow.
        case _ where error.isDiskFull:
            self = .diskFull
        case .SQLITE_CONSTRAINT:
            self.init(kind: .constraint, message: "the job database refuses this: \(text)")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                kind: .corrupt,
                message: "the job database is damaged (\(text)); restore it from a backup, it cannot be used")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                kind: .locked, message: "another program holds the job database; close it and start the broker again")
        default:
            self.init(
                kind: .system,
                message: "the job database cannot be read or written (\(text)); look after the disk and start again")
        }
    }

    /// Runs `body` and turns what SQLite throws into `StoreError`; other errors pass.
    static func translating<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw StoreError(error)
        }
    }
}
