import Foundation
import Transport

/// Runs this program again as a child, and tells how it ended.
struct ChildProcess {
    enum Ending: Equatable {
        case well
        case violation(String)
        case trap(String)
    }

    let type: any FuzzTarget.Type
    /// Of this target alone.
    let scratch: String
    let corpus: String

    /// How much longer than it should a child may take on a busy machine.
    private static let patience = Duration.seconds(300)

    func fuzz(seed: UInt64, seconds: Double) throws -> Ending {
        try run(["--seed", "\(seed)", "--seconds", "\(seconds)"], atMost: .seconds(seconds))
    }

    /// - Parameter explains: whether a trap is to leave a backtrace, which takes seconds.
    func replay(_ input: [UInt8], explains: Bool = false) throws -> Ending {
        let path = scratch + "/input"
        try Data(input).write(to: URL(fileURLWithPath: path))
        return try replay(files: [path], explains: explains)
    }

    func replay(files: [String], explains: Bool = false) throws -> Ending {
        try run(files.flatMap { ["--file", $0] }, atMost: .zero, explains: explains)
    }

    /// What the child was at when it ended.
    var journal: Journal.Entry { get throws { try Journal.read(path: scratch + "/" + FuzzChild.journalName) } }

    /// What the child printed.
    var printed: String {
        get throws { String(decoding: try Data(contentsOf: output), as: UTF8.self) }
    }

    private var output: URL { URL(fileURLWithPath: scratch + "/output") }

    private func run(_ arguments: [String], atMost time: Duration, explains: Bool = false) throws -> Ending {
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        let reason = scratch + "/" + FuzzChild.reasonName
        if FileManager.default.fileExists(atPath: reason) { try FileManager.default.removeItem(atPath: reason) }
        try Data().write(to: output)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
        process.arguments = ["child", type.name, "--scratch", scratch, "--corpus", corpus] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(
            [
                "SWIFT_BACKTRACE": explains ? "enable=yes,color=no,interactive=no" : "enable=no",
                // The order of what has none is part of some files, and so of what a seed makes.
                "SWIFT_DETERMINISTIC_HASHING": "1",
            ]) { $1 }
        let handle = try FileHandle(forWritingTo: output)
        (process.standardOutput, process.standardError) = (handle, handle)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let end = MonotonicClock.now + time + Self.patience
        while process.isRunning, MonotonicClock.now < end { Thread.sleep(forTimeInterval: 0.005) }
        let isStuck = process.isRunning
        if isStuck { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        try handle.close()
        return try ending(process, isStuck: isStuck, reason)
    }

    private func ending(_ process: Process, isStuck: Bool, _ reason: String) throws -> Ending {
        if isStuck { return .trap("the input's handling did not end") }
        if process.terminationReason == .exit {
            switch process.terminationStatus {
            case 0: return .well
            case FuzzChild.violationCode:
                return .violation(String(decoding: try Data(contentsOf: URL(fileURLWithPath: reason)), as: UTF8.self))
            case let code: return .trap("exit code \(code): \(try printed.suffix(400))")
            }
        }
        let message = try printed.split(separator: "\n").first { $0.contains("rror") }.map { ": \($0)" } ?? ""
        return .trap(Self.name(ofSignal: process.terminationStatus) + message)
    }

    private static func name(ofSignal signal: Int32) -> String {
        switch signal {
        case SIGILL, SIGTRAP: "trap (signal \(signal))"
        case SIGSEGV, SIGBUS: "bad memory access (signal \(signal))"
        case SIGABRT: "abort (signal \(signal))"
        case SIGVTALRM: "took more than its time on the processor"
        case SIGKILL: "killed: out of memory?"
        default: "signal \(signal)"
        }
    }
}
