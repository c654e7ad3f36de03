import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A program of this build as a process; what it prints goes to a file.
package final class Program {
    package let identifier: Int32
    private let process = Process()
    private let log: URL

    package init(_ name: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        log = FileManager.default.temporaryDirectory.appending(path: "grove-program-\(UUID().uuidString).log")
        try Data().write(to: log)
        let handle = try FileHandle(forWritingTo: log)
        process.executableURL = BrokerProcess.program(name)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        try process.run()
        identifier = process.processIdentifier
    }

    deinit {
        end(SIGKILL)
        do {
            try FileManager.default.removeItem(at: log)
        } catch {
            print("left behind: \(log.path) (\(error))")
        }
    }

    package var printed: String {
        do {
            return try String(contentsOf: log, encoding: .utf8)
        } catch {
            return "(no log: \(error))"
        }
    }

    package var isRunning: Bool { process.isRunning }

    package func signal(_ number: Int32) { if process.isRunning { kill(identifier, number) } }

    /// - Returns: the exit status.
    @discardableResult
    package func end(_ number: Int32) -> Int32 {
        signal(number)
        return waitForEnd()
    }

    package func waitForEnd() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// A program did not do what was needed.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(_ description: String) { self.description = description }
    }
}
