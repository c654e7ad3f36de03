import Foundation
import GroveClient
import Testing

/// A command whose results cannot be written has failed.
@Suite struct OutputTests {
    /// Through a shell, which alone can take an output away.
    private func run(_ grove: TestGrove, _ arguments: [String], redirection: String) async throws -> ProgramResult {
        try await grove.run(
            URL(fileURLWithPath: "/bin/sh"),
            ["-c", "\"$0\" \"$@\" \(redirection)", Programs.url("grove").path] + arguments)
    }

    @Test func resultsThatCannotBeWrittenAreAFailure() async throws {
        try await TestGrove.with { grove in
            _ = try await grove.startBroker()
            _ = try grove.startWorker()
            try await grove.prepareModels()
            let id = try await grove.groveSucceeds("sample", "--tree", "tree", "-n", "1", "--no-refine", "--detach")
                .trimmingCharacters(in: .whitespacesAndNewlines)
            _ = try await grove.client().wait(id)
            let commands: [[String]] = [
                ["jobs"], ["jobs", "--json"], ["status", id], ["status", id, "--json"], ["watch", id, "--json"],
                ["wait", id], ["logs", id], ["logs", id, "--json"], ["results", id, "-o", "all"],
                ["results", id, "-o", "all", "--json"], ["models"], ["models", "--json"], ["datasets"], ["workers"],
                ["workers", "--json"], ["health"], ["health", "--json"], ["pause"], ["resume"], ["settings", "tree"],
                ["model", "export", "tree", "--kind", "tree", "-o", "tree.safetensors"], ["cancel", id, "--json"],
                ["train", "tree", "x", "--data", "digits", "--set", "help"], ["--help"], ["--version"],
                ["jobs", "--help"], ["sample", "--tree", "tree", "-n", "1", "--detach"],
            ]
            for command in commands {
                for redirection in [">/dev/full", ">&-"] {
                    let result = try await run(grove, command, redirection: redirection)
                    let what = "grove \(command.joined(separator: " ")) \(redirection)"
                    #expect(result.status == 73, "\(what): \(result.errors)")
                    #expect(result.errors.contains("cannot be written to standard output"), "\(what): \(result.errors)")
                }
            }
            // What was submitted can be found all the same.
            let lost = try await run(
                grove, ["sample", "--tree", "tree", "-n", "1", "--detach"], redirection: ">/dev/full")
            let words = Set(lost.errors.split(whereSeparator: \.isWhitespace).map(String.init))
            #expect(try await grove.client().jobs().jobs.contains { words.contains($0.id) })
        }
    }

    @Test func aReaderThatHasGoneEndsTheCommand() async throws {
        try await TestGrove.with { grove in
            let pipe = Pipe()
            let process = Process()
            process.executableURL = Programs.url("grove")
            process.arguments = ["settings", "tree"]
            process.standardOutput = pipe.fileHandleForWriting
            process.standardError = FileHandle.nullDevice
            try pipe.fileHandleForReading.close()
            try process.run()
            while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
            // By SIGPIPE, or by the error where whoever started it ignores that.
            #expect(process.terminationStatus == SIGPIPE || process.terminationStatus == 73)
        }
    }

    @Test func anEmptyPathIsRefused() async throws {
        try await TestGrove.with { grove in
            for command in [
                ["results", "01m85ggnsz5022", "-o", ""], ["plot", "01m85ggnsz5022", "--output", ""],
                ["sample", "--tree", "tree", "-o", ""], ["model", "export", "tree", "-o", ""],
                ["model", "import", "x", ""], ["data", "import", "x", ""], ["up", "--data", ""], ["submit", ""],
                ["reconstruct", "--tree", "t", ""],
            ] {
                let result = try await grove.grove(command)
                #expect(result.status == 64, "\(command): \(result.errors)")
                #expect(result.errors.contains("it is empty; name a file or a folder"), "\(command): \(result.errors)")
            }
        }
    }

    @Test func whatIsNoDatasetIsToldBeforeAnythingIsUploaded() async throws {
        try await TestGrove.with { grove in
            // Nobody listens there: it is told without a broker.
            grove.use("tcp://127.0.0.1:9")
            let folder = grove.scratch.appending(path: "etc")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data("root:x:0:0\n".utf8).write(to: folder.appending(path: "passwd"))
            let result = try await grove.groveFails("data", "import", "x", folder.path)
            #expect(
                result.status == 64 && result.errors.contains("passwd' is no file of a dataset"), "\(result.errors)")
        }
    }

    @Test func aFileOfJobsThatIsTooMuchForTheParserIsRefused() async throws {
        try await TestGrove.with { grove in
            grove.use("tcp://127.0.0.1:9")
            let file = grove.scratch.appending(path: "night.toml")
            let texts = [
                (Array(repeating: "a", count: 20_000).joined(separator: ".") + " = 1", "more than 32 dots"),
                ("[j]\nrun = \"sample\"\nx = [" + String(repeating: "1,", count: 400_000) + "]", "value number"),
                ((0..<5000).map { "[j\($0)]\nrun = \"sample\"\ntree = \"t\"\n" }.joined(), "there are 5000 jobs"),
            ]
            for (text, complaint) in texts {
                try Data(text.utf8).write(to: file)
                let result = try await grove.groveFails("submit", file.path)
                #expect(result.status == 64 && result.errors.contains(complaint), "\(result.errors)")
            }
        }
    }
}
