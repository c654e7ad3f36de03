import Foundation
import Testing

/// The inputs that once broke something, and must not again: `grove-fuzz replay` hands them to what they broke, in a
/// process that may die of them.
@Suite struct CorpusTests {
    /// The built programs are beside the test binary.
    private static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "grove-fuzz")

    private func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let (process, pipe) = (Process(), Pipe())
        (process.executableURL, process.arguments) = (Self.program, arguments)
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_DETERMINISTIC_HASHING": "1"]) { $1 }
        (process.standardOutput, process.standardInput) = (pipe, FileHandle.nullDevice)
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }

    @Test func whatOnceBrokeSomethingDoesNotAgain() throws {
        let (status, output) = try run(["replay"])
        #expect(status == 0 && output.contains("inputs hold"), "\(output)")
    }

    /// A fuzzer that finds nothing must be one that would.
    @Test(arguments: [("trap", "trap"), ("violation", "does not hold"), ("memory", "MiB of memory")])
    func anInputThatBreaksSomethingIsFound(input: (text: String, reason: String)) throws {
        let (status, output) = try scratch { folder in
            let inputs = folder.appending(path: "selftest")
            try FileManager.default.createDirectory(at: inputs, withIntermediateDirectories: true)
            try Data(input.text.utf8).write(to: inputs.appending(path: input.text))
            return try run(["replay", "--targets", "selftest", "--corpus", folder.path])
        }
        #expect(status != 0 && output.contains(input.reason), "\(output)")
    }

    @Test(arguments: ["broker", "engine", "checkpoint", "png"])
    func theSameSeedGivesTheSameInputs(target: String) throws {
        func list(_ seed: Int) throws -> String {
            let (status, output) = try scratch { folder in
                let child = ["child", target, "--scratch", folder.path, "--corpus", folder.path + "/corpus"]
                return try run(child + ["--seed", "\(seed)", "--list", "40"])
            }
            #expect(status == 0, "\(output)")
            return output
        }
        let first = try list(7)
        #expect(first.split(separator: "\n").count == 40)
        #expect(try list(7) == first)
        #expect(try list(8) != first)
    }

    private func scratch<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "grove-fuzz-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let result = Swift.Result { try body(folder) }
        try FileManager.default.removeItem(at: folder)
        return try result.get()
    }
}
