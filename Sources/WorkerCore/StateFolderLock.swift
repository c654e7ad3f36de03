import Foundation
import Wire

/// Keeps a second worker out of a state folder: two would deliver the same outbox. The kernel lets go of the lock when the
/// process ends, however it ends; the file stays and says who had it last.
package final class StateFolderLock: Sendable {
    private let descriptor: Int32

    package init(_ folder: URL) throws(JobError) {
        let path = folder.appending(path: "lock").path
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw Self.notWritable(folder)
        }
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.notWritable(folder) }
        // `deinit` closes the descriptor from here on: all of this object is set up already.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw Self.notWritable(folder) }
            let holder = Self.holder(descriptor)
            let who = holder.map { "Another worker, process \($0)," } ?? "Another worker"
            let end = holder.map { "end it with 'kill \($0)'" } ?? "end it"
            throw JobError(
                .failedPrecondition,
                "\(who) uses the state folder \(folder.path): \(end), or choose another folder with --state "
                    + "('grove up': with --data).")
        }
        // For the sentence above; nothing else depends on it.
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count else {
            throw JobError(.resourceExhausted, "The file \(path) cannot be written: make room on its disk.")
        }
    }

    deinit { close(descriptor) }

    private static func notWritable(_ folder: URL) -> JobError {
        JobError(
            .permissionDenied,
            "The state folder \(folder.path) cannot be made or written by this user: choose another with --state "
                + "('grove up': with --data).")
    }

    private static func holder(_ descriptor: Int32) -> String? {
        var text = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &text, text.count, 0)
        let digits = text.prefix(max(count, 0)).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
    }
}
