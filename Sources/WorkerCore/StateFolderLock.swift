import Foundation
import Wire

/// Keeps a second worker out of a state folder: two would deliver the same outbox.
final class StateFolderLock: Sendable {
    private let descriptor: Int32

    init(_ folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appending(path: "lock").path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw JobError(
                .permissionDenied, "The state folder \(folder.path) is not writable: choose another with --state.")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            // `deinit` closes the descriptor: all of this object is set up already.
            throw JobError(
                .failedPrecondition, "Another worker uses the state folder \(folder.path): choose another with --state."
            )
        }
    }

    deinit { close(descriptor) }
}
