import Foundation
import QueueLoad
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A `ScriptedWorker` in a process of its own, so that it can be killed. What it sees is recorded here.
final class WorkerProcess: Sendable {
    let name: String
    let identifier: Int32
    private let process: Mutex<Process>
    private let record: Recorder

    init(
        _ endpoint: String, name: String, slots: Int, record: Recorder, environment: [String: String] = [:]
    ) throws {
        let process = Process()
        process.executableURL = BrokerProcess.program("grove-chaos")
        process.arguments = ["worker", "--broker", endpoint, "--name", name, "--slots", "\(slots)"]
        // Some of them are to crash, which nobody needs to see.
        process.environment = ProcessInfo.processInfo.environment
            .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }.merging(environment) { $1 }
        let output = Pipe()
        process.standardOutput = output
        // Ends when this process does, however that happens, and the worker with it.
        process.standardInput = Pipe()
        try process.run()
        (self.name, self.record) = (name, record)
        identifier = process.processIdentifier
        self.process = Mutex(process)
        Thread.detachNewThread {
            var rest = ""
            while case let data = output.fileHandleForReading.availableData, !data.isEmpty {
                rest += String(decoding: data, as: UTF8.self)
                while let end = rest.firstIndex(of: "\n") {
                    if let event = Recorder.Event(line: rest[..<end]) { record.note(event) }
                    rest = String(rest[rest.index(after: end)...])
                }
            }
        }
    }

    var isRunning: Bool { process.withLock { $0.isRunning } }

    func kill() {
        record.note(.killed(worker: name))
        end(SIGKILL)
    }

    func end(_ signal: Int32) {
        process.withLock { process in
            if process.isRunning { Glibc.kill(identifier, signal) }
            process.waitUntilExit()
        }
    }
}

extension Recorder.Event {
    /// As a worker process tells it.
    var line: String {
        switch self {
        case .acknowledged(let key, let job): "acknowledged \(key) \(job)"
        case .taken(let job, let attempt, let worker): "taken \(job) \(attempt) \(worker)"
        case .accepted(let job, let attempt): "accepted \(job) \(attempt)"
        case .fenced(let job, let attempt): "fenced \(job) \(attempt)"
        case .killed(let worker): "killed \(worker)"
        }
    }

    init?(line: Substring) {
        let words = line.split(separator: " ").map(String.init)
        guard words.count >= 3, let attempt = Int(words[2]) else { return nil }
        switch words[0] {
        case "taken" where words.count == 4: self = .taken(job: words[1], attempt: attempt, worker: words[3])
        case "accepted": self = .accepted(job: words[1], attempt: attempt)
        case "fenced": self = .fenced(job: words[1], attempt: attempt)
        default: return nil
        }
    }
}
