import Foundation
import Transport
import Wire

/// A broker as it is installed: a process, started on a folder and stopped by its process id.
package final class BrokerProcess {
    package let endpoint: String
    package let identifier: Int32
    /// From the start of the process to its "ready".
    package let timeToServe: Duration
    private let process: Process

    /// Starts `grove-broker`, which is beside the running program, and waits until it serves.
    package init(
        data: URL, endpoint: String = "tcp://127.0.0.1:0", options: [String] = [], environment: [String: String] = [:]
    ) throws {
        process = Process()
        process.executableURL = Self.program("grove-broker")
        process.arguments = ["--data", data.path, "--bind", endpoint] + options
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = Pipe()
        process.standardOutput = output
        let log = URL(fileURLWithPath: data.path + ".log")
        try Data().write(to: log)
        process.standardError = try FileHandle(forWritingTo: log)
        process.standardInput = FileHandle.nullDevice
        let start = MonotonicClock.now
        try process.run()
        identifier = process.processIdentifier
        var line = ""
        while !line.hasSuffix("\n") {
            let piece = output.fileHandleForReading.availableData
            guard !piece.isEmpty else {
                process.waitUntilExit()
                throw Failure(log: try String(contentsOf: log, encoding: .utf8))
            }
            line += String(decoding: piece, as: UTF8.self)
        }
        timeToServe = MonotonicClock.now - start
        self.endpoint = String(line.dropFirst("ready ".count).dropLast())
    }

    deinit {
        if process.isRunning { kill(identifier, SIGKILL) }
    }

    /// Sends a signal to this process and waits for its end.
    /// - Returns: its exit status.
    @discardableResult
    package func end(_ signal: Int32) -> Int32 {
        kill(identifier, signal)
        return waitForEnd()
    }

    package func waitForEnd() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    package var isRunning: Bool { process.isRunning }

    /// Bytes that the process has in memory.
    package func residentBytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        guard let number = line?.split(separator: " ").compactMap({ Int($0) }).first else {
            throw Failure(log: "the system does not say how much memory process \(identifier) has")
        }
        return number << 10
    }

    /// How many files and connections the process has open.
    package func openFiles() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(identifier)/fd").count
    }

    /// A program of this build.
    package static func program(_ name: String) -> URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: name)
    }

    package struct Failure: Error, CustomStringConvertible {
        package let log: String
        package var description: String { "the broker ended: \(log)" }
    }
}
