#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Keeps a second broker out of a directory for as long as the value lives. The kernel lets go of the lock when the
/// process ends, however it ends; the file itself stays and means nothing.
final class DirectoryLock: Sendable {
    private let descriptor: Int32

    private static let textBytes = 20

    /// - Throws: `StoreError` of kind `.locked` when another process has it.
    init(directory: String) throws {
        let path = directory + "/lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileSystem.error("open", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw FileSystem.error("lock", path) }
            throw StoreError(
                kind: .locked,
                message: "another broker\(Self.holder(descriptor)) uses the directory \(directory); "
                    + "stop it or choose another directory with --data")
        }
        // For people and for the sentence above; nothing depends on it. Always the same length, over what is there: a full
        // disk has no room for more.
        let number = Array("\(getpid())\n".utf8)
        let text = number + [UInt8](repeating: 10, count: Self.textBytes - number.count)
        guard pwrite(descriptor, text, text.count, 0) == text.count else { throw FileSystem.error("write", path) }
    }

    deinit {
        // Closing lets go of the lock; there is nothing left to do when that fails.
        _ = close(descriptor)
    }

    private static func holder(_ descriptor: Int32) -> String {
        var text = [UInt8](repeating: 0, count: textBytes)
        let count = pread(descriptor, &text, text.count, 0)
        let digits = text.prefix(max(count, 0)).prefix { (48...57).contains($0) }
        return digits.isEmpty ? "" : " (process \(String(decoding: digits, as: UTF8.self)))"
    }
}
