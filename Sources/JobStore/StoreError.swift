/// What went wrong with the files that hold the truth, in one sentence that says what to do.
package struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        /// Another broker uses the directory.
        case locked
        /// The file was written by a newer release.
        case fromTheFuture
        /// There are files, but no database of Grove's that says what they are.
        case notGroves
        /// Nothing was changed; room must be made.
        case diskFull
        /// Bytes are not what they should be.
        case corrupt
        /// One request asked for something that contradicts what is kept; others are not concerned.
        case constraint
        /// A file cannot be opened, read or written; what is durable is not concerned.
        case file
        /// The database, or the disk on making something durable, failed.
        case system
    }

    package let kind: Kind
    package let message: String
    /// Whether the whole batch was taken back, and not only the request that met the error.
    package let endsBatch: Bool

    init(kind: Kind, message: String, endsBatch: Bool = false) {
        self.kind = kind
        self.message = message
        self.endsBatch = endsBatch || kind == .corrupt || kind == .system
    }

    /// There is no room for what one request wants to keep.
    package static func full(_ message: String) -> StoreError { StoreError(kind: .diskFull, message: message) }

    package var description: String { message }

    /// Whether going on could lose what was promised. After a failed fsync the kernel may have dropped the pages: only
    /// a restart, which reads what is really there, is safe.
    package var isFatal: Bool { kind == .corrupt || kind == .system }
}
