#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What is wrong with a file of this machine, in a sentence that names it.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        case missing
        /// No permission, not a regular file, or the disk failed.
        case unreadable
        case tooLarge
        /// Another file has the name.
        case exists
        case unwritable
        /// It was changed while it was read.
        case changed
    }

    public let kind: Kind
    public let path: String
    public let description: String

    package init(_ kind: Kind, _ path: String, _ description: String) {
        (self.kind, self.path, self.description) = (kind, path, description)
    }

    static func reading(_ path: String, code: Int32) -> FileError {
        switch code {
        case ENOENT, ENOTDIR: FileError(.missing, path, "there is no file '\(path)'; check the name")
        case EACCES, EPERM:
            FileError(.unreadable, path, "'\(path)' may not be read by this user; change its permissions")
        default: FileError(.unreadable, path, "'\(path)' cannot be read: \(text(code))")
        }
    }

    static func writing(_ path: String, code: Int32) -> FileError {
        switch code {
        case ENOSPC, EDQUOT: FileError(.unwritable, path, "'\(path)' cannot be written: the disk is full; make room")
        case EACCES, EPERM, EROFS:
            FileError(.unwritable, path, "'\(path)' may not be written by this user; choose another directory")
        default: FileError(.unwritable, path, "'\(path)' cannot be written: \(text(code))")
        }
    }

    private static func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}
