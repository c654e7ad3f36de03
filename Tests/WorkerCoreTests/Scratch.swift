import Foundation
import Wire
import WorkerCore

/// A folder that goes when the body ends.
func withScratchFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "grove-worker-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    do {
        try body(folder)
    } catch {
        try FileManager.default.removeItem(at: folder)
        throw error
    }
    try FileManager.default.removeItem(at: folder)
}

/// An attempt at a job.
func attempt(_ spec: Grove_V1_JobSpec = .init(), checkpoint: Grove_V1_FileRef? = nil) -> RunningAttempt {
    var assignment = Grove_V1_Assignment()
    assignment.attempt.jobID = "01m85ggnsz5022"
    assignment.attempt.attempt = 1
    assignment.spec = spec
    if let checkpoint { assignment.checkpoint = checkpoint }
    return RunningAttempt(assignment)
}
