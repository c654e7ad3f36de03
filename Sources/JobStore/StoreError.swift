/// What went wrong with the files that hold the truth, in one sentence that says what to do.
package struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        /// Another broker uses the directory.
        case locked
        /// The file was written by a newer release.
        case fromTheFuture
        /// Nothing was changed; room must be made.
        case diskFull
        /// Bytes are not what they should be.
        case corrupt
        /// One request asked for something that contradicts what is kept; others are not concerned.
        case constraint
        /// The system refused to read or write.
        case system
    }

    package let kind: Kind
    package let message: String

    package var description: String { message }

    /// Whether going on could lose what was promised. After a failed fsync the kernel may have dropped the pages: only
    /// a restart, which reads what is really there, is safe.
    package var isFatal: Bool { kind == .corrupt || kind == .system }
}
