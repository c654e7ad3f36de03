import Foundation
import Synchronization

/// A program that the test has started, and stops by its process id.
final class RunningProgram: Sendable {
    private let process: Mutex<Process>
    let identifier: Int32
    private let log: URL

    /// Starts a program; what it prints goes to a file of the scratch folder.
    init(
        _ name: String, _ arguments: [String], environment: [String: String] = [:], in folder: URL = Programs.folder,
        scratch: URL, label: String
    ) throws {
        log = scratch.appending(path: "\(label)-\(UUID().uuidString.prefix(8)).log")
        try Data().write(to: log)
        let handle = try FileHandle(forWritingTo: log)
        let process = Process()
        process.executableURL = folder.appending(path: name)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        try process.run()
        identifier = process.processIdentifier
        self.process = Mutex(process)
    }

    /// What the program has printed so far.
    var printed: String {
        do {
            return try String(contentsOf: log, encoding: .utf8)
        } catch {
            return "(no log: \(error))"
        }
    }

    var isRunning: Bool { process.withLock { $0.isRunning } }

    /// Sends a signal to this process and to no other.
    func signal(_ number: Int32) { kill(identifier, number) }

    /// Waits for the end, and answers the exit status.
    func waitForEnd() async -> Int32 {
        while isRunning { await pause() }
        return process.withLock { $0.terminationStatus }
    }

    /// The first word that follows `mark` in what the program printed, or nil when the program ended without it.
    func word(after mark: String) async -> String? {
        while true {
            let wasRunning = isRunning
            if let range = printed.range(of: mark),
                let line = printed[range.upperBound...].split(separator: "\n", omittingEmptySubsequences: false).first,
                printed[range.upperBound...].contains("\n")
            {
                return line.split(separator: " ").first.map(String.init)
            }
            if !wasRunning { return nil }
            await pause()
        }
    }

    private func pause() async {
        do {
            try await Task.sleep(for: .milliseconds(20))
        } catch {
            // Cancelled: the caller's loop ends with the test.
            await Task.yield()
        }
    }
}
