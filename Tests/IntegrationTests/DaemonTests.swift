import Foundation
import GroveClient
import Testing

/// What the world around a daemon may do without ending it, or what it says when it cannot begin. Real processes.
@Suite struct DaemonTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "grove-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func remove() throws { try FileManager.default.removeItem(at: folder) }

    private func process(_ program: String, _ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = Programs.folder.appending(path: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        return process
    }

    private func ended(_ process: Process) async throws -> Int32 {
        while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    /// The reader of the log has gone, as a collector does that is started anew; or it is a disk that is full.
    @Test(arguments: ["text", "json"], [true, false])
    func aLogThatCannotBeWrittenEndsNoBroker(format: String, hasReader: Bool) async throws {
        let broker = process(
            "grove-broker",
            ["--data", folder.appending(path: "data").path, "--bind", "tcp://127.0.0.1:0", "--log-format", format])
        let (output, log) = (Pipe(), Pipe())
        broker.standardOutput = output
        broker.standardError = hasReader ? FileHandle(forWritingAtPath: "/dev/full") : log
        try broker.run()
        let ready = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let endpoint = try #require(ready.split(separator: " ").last).trimmingCharacters(in: .whitespacesAndNewlines)
        try log.fileHandleForReading.close()
        try output.fileHandleForReading.close()
        for _ in 0..<3 {
            // Each greeting is a line of the log.
            let client = try Client(endpoint)
            _ = try await client.health()
            client.close()
        }
        #expect(broker.isRunning)
        kill(broker.processIdentifier, SIGTERM)
        #expect(try await ended(broker) == 0)
        try remove()
    }

    @Test func aLogThatCannotBeWrittenEndsNoWorker() async throws {
        let broker = process(
            "grove-broker", ["--data", folder.appending(path: "data").path, "--bind", "ipc://\(folder.path)/b"])
        let output = Pipe()
        (broker.standardOutput, broker.standardError) = (output, FileHandle.nullDevice)
        try broker.run()
        _ = output.fileHandleForReading.availableData
        let worker = process(
            "grove-worker", ["--broker", "ipc://\(folder.path)/b", "--state", folder.appending(path: "state").path])
        let log = Pipe()
        worker.standardError = log
        worker.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
        try worker.run()
        try log.fileHandleForReading.close()
        let client = try Client("ipc://\(folder.path)/b")
        while try await client.health().workers == 0, worker.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        client.close()
        kill(worker.processIdentifier, SIGTERM)
        #expect(try await ended(worker) == 0)
        kill(broker.processIdentifier, SIGTERM)
        #expect(try await ended(broker) == 0)
        try remove()
    }

    /// libzmq ends a process that has no descriptor left; a sentence comes before.
    @Test(arguments: [12, 16, 20, 24])
    func tooFewDescriptorsAreASentence(limit: Int) async throws {
        for (program, arguments) in [
            ("grove-broker", "--data '\(folder.path)/data' --bind tcp://127.0.0.1:0"),
            ("grove-worker", "--broker tcp://127.0.0.1:9 --state '\(folder.path)/state'"),
            ("grove", "health --broker tcp://127.0.0.1:9"),
        ] {
            let shell = Process()
            shell.executableURL = URL(fileURLWithPath: "/bin/sh")
            let path = Programs.folder.appending(path: program).path
            shell.arguments = ["-c", "ulimit -n \(limit); exec '\(path)' \(arguments)"]
            let log = Pipe()
            (shell.standardError, shell.standardOutput) = (log, FileHandle.nullDevice)
            shell.standardInput = FileHandle.nullDevice
            try shell.run()
            let said = String(decoding: log.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            #expect(try await ended(shell) > 0, "\(program): \(said)")
            #expect(said.contains("ulimit -n") && !said.contains("Assertion"), "\(program): \(said)")
        }
        try remove()
    }
}
