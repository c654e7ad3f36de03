import Foundation
import GroveClient
import QueueLoad
import Testing

/// A broker and workers of one test: real processes on a free port, in a scratch folder that goes with the test.
///
/// `with` stops all that still runs and removes the folder, whether the test passes or throws.
final class TestGrove {
    let scratch: URL
    private(set) var endpoint = "tcp://127.0.0.1:0"
    private var started: [RunningProgram] = []

    private init() throws {
        scratch = FileManager.default.temporaryDirectory.appending(path: "grove-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    }

    static func with(_ body: (TestGrove) async throws -> Void) async throws {
        let grove = try TestGrove()
        do {
            try await body(grove)
        } catch {
            for program in grove.started {
                Issue.record("log of process \(program.identifier):\n\(program.printed.suffix(3000))")
            }
            await grove.end()
            throw error
        }
        await grove.end()
    }

    private func end() async {
        for program in started.reversed() where program.isRunning {
            program.signal(SIGKILL)
            _ = await program.waitForEnd()
        }
        do {
            try FileManager.default.removeItem(at: scratch)
        } catch {
            Issue.record("the scratch folder stays: \(error)")
        }
    }

    /// Starts the broker, the second time on the port of the first.
    func startBroker(leaseSeconds: Double = 3) async throws -> RunningProgram {
        let broker = try RunningProgram(
            "grove-broker",
            [
                "--data", scratch.appending(path: "broker").path, "--bind", endpoint,
                "--lease-seconds", "\(leaseSeconds)",
            ], scratch: scratch, label: "broker")
        started.append(broker)
        endpoint = try #require(await broker.word(after: "ready "), "the broker ended: \(broker.printed)")
        return broker
    }

    /// Starts any program that shall not outlive the test.
    func start(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], label: String
    ) throws -> RunningProgram {
        let running = try RunningProgram(
            program, arguments, environment: environment, scratch: scratch, label: label)
        started.append(running)
        return running
    }

    /// Takes another broker for what follows.
    func use(_ endpoint: String) { self.endpoint = endpoint }

    func startWorker(_ name: String = "worker") throws -> RunningProgram {
        let worker = try RunningProgram(
            "grove-worker",
            ["--broker", endpoint, "--state", scratch.appending(path: name).path, "--name", name, "--threads", "1"],
            scratch: scratch, label: name)
        started.append(worker)
        return worker
    }

    /// Runs `grove up` while `body` works with it, and stops it as Ctrl-C does.
    func up(
        _ folder: URL = Programs.folder, data: URL, workers: Int = 1, _ body: (RunningProgram) async throws -> Void
    ) async throws {
        let up = try RunningProgram(
            "grove",
            ["up", "--data", data.path, "--bind", "tcp://127.0.0.1:*", "--threads", "1", "--workers", "\(workers)"],
            in: folder, scratch: scratch, label: "up")
        let before = endpoint
        defer { endpoint = before }
        do {
            endpoint = try #require(await up.word(after: "ready "), "grove up ended: \(up.printed)")
            try await body(up)
        } catch {
            Issue.record("log of grove up:\n\(up.printed.suffix(3000))")
            up.signal(SIGTERM)
            _ = await up.waitForEnd()
            throw error
        }
        up.signal(SIGTERM)
        #expect(await up.waitForEnd() == 0, "grove up did not stop cleanly: \(up.printed)")
    }

    func client() throws -> Client {
        try Client(endpoint, options: .init(patience: .seconds(60), timeout: .seconds(120)))
    }

    /// Runs the command line client to its end.
    func grove(_ arguments: [String]) async throws -> ProgramResult {
        try await run(Programs.url("grove"), arguments)
    }

    /// Runs a program to its end; `grove`, if it is used, finds the broker.
    func run(_ program: URL, _ arguments: [String]) async throws -> ProgramResult {
        let output = scratch.appending(path: "output-\(UUID().uuidString)")
        let errors = scratch.appending(path: "errors-\(UUID().uuidString)")
        for file in [output, errors] { try Data().write(to: file) }
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["GROVE_BROKER": endpoint]) { $1 }
        process.currentDirectoryURL = scratch
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        return ProgramResult(
            status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
            errors: try String(contentsOf: errors, encoding: .utf8))
    }

    /// Runs the client and expects it to succeed; answers what it printed.
    @discardableResult
    func groveSucceeds(_ arguments: String...) async throws -> String {
        let result = try await grove(arguments)
        try #require(result.status == 0, "grove \(arguments.joined(separator: " ")): \(result.errors)")
        return result.output
    }

    /// Runs the client and expects a refusal in one sentence; answers it.
    func groveFails(_ arguments: String...) async throws -> ProgramResult {
        let result = try await grove(arguments)
        #expect(result.status != 0, "grove \(arguments.joined(separator: " ")) succeeded")
        return result
    }

    /// A dataset, a tree and a diffusion model that are made in seconds: enough to draw images with.
    func prepareModels() async throws {
        let digits = try TinyDigits.write(to: scratch, count: 96)
        try await groveSucceeds("data", "import", "digits", digits.images.path, digits.labels.path)
        try await groveSucceeds(
            "train", "tree", "tree", "--data", "digits", "--preset", "tiny", "--set", "batch_size=32", "--set",
            "epochs_initial=1", "--set", "epochs_split=1", "--set", "epochs_intermediate=0", "--set", "epochs_final=1",
            "--set", "leaves=3", "-o", scratch.appending(path: "tree").path)
        try await groveSucceeds(
            "train", "diffusion", "diffusion", "--data", "digits", "--tree", "tree", "--preset", "tiny", "--set",
            "steps=2", "--set", "batch_size=8", "-o", scratch.appending(path: "diffusion").path)
    }
}
