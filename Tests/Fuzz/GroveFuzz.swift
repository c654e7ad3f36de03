import ArgumentParser
import Foundation
import Wire

/// Gives hostile input to everything that bytes from outside reach; `README.md` says how to read what it finds.
@main
struct GroveFuzz: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grove-fuzz",
        abstract: "Gives hostile input to the broker, the caller's engine and every decoder.",
        subcommands: [Run.self, Replay.self, Child.self], defaultSubcommand: Run.self)

    /// The inputs that are kept.
    static let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Corpus").path

    struct Options: ParsableArguments {
        @Option(help: "The targets wanted, with commas between them (default: all).") var targets = ""
        @Option(help: "The folder of the inputs that are kept.") var corpus = GroveFuzz.corpus

        func types() throws -> [any FuzzTarget.Type] {
            let wanted = targets.split(separator: ",").map(String.init)
            if let unknown = wanted.first(where: { Targets.named($0) == nil }) {
                let names = Targets.all.map { $0.name }.joined(separator: ", ")
                throw ValidationError("there is no target '\(unknown)'; there are \(names)")
            }
            return wanted.isEmpty ? Targets.all : wanted.compactMap(Targets.named)
        }
    }

    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Makes inputs until the time is over.")
        @OptionGroup var options: Options
        @Option(help: "How long, for all targets together.") var seconds = 60.0
        @Option(help: "What chance begins with; the same seed makes the same inputs.") var seed = UInt64.random(
            in: 1...999_999)
        @Option(help: "Where inputs go that break something.") var findings = "fuzz-findings"

        func run() throws {
            let types = try options.types()
            say("seed \(seed), \(Int(seconds)) s")
            let counts = try Scratch.with { scratch in
                try Campaign(
                    types: types, seed: seed, seconds: seconds, corpus: options.corpus, findings: findings,
                    scratch: scratch
                ).run(say)
            }
            for (name, count) in counts { say(line(name, count)) }
            let found = counts.reduce(0) { $0 + $1.count.findings.count }
            say("\(counts.reduce(0) { $0 + $1.count.inputs }) inputs, \(found) findings")
            if found > 0 { throw ExitCode.failure }
        }

        private func line(_ name: String, _ count: Campaign.Count) -> String {
            func pad(_ text: String, _ width: Int) -> String {
                String(repeating: " ", count: max(0, width - text.count)) + text
            }
            return name + pad("\(count.inputs) inputs", 32 - name.count) + pad("\(count.pieces) pieces", 20)
                + pad("\(Int(count.seconds)) s", 8) + pad("\(count.findings.count) findings", 14)
        }
    }

    struct Replay: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Handles the inputs that are kept, and no others.")
        @OptionGroup var options: Options

        func run() throws {
            let types = try options.types()
            let failures = try Scratch.with { scratch in
                try Campaign(
                    types: types, seed: 0, seconds: 0, corpus: options.corpus, findings: "", scratch: scratch
                ).replay(say)
            }
            for failure in failures { say(failure) }
            if !failures.isEmpty { throw ExitCode.failure }
        }
    }

    /// Handles inputs; the others start it.
    struct Child: ParsableCommand {
        static let configuration = CommandConfiguration(shouldDisplay: false)
        @Argument var target: String
        @Option var scratch: String
        @Option var corpus: String
        @Option var seed: UInt64 = 0
        @Option var seconds: Double = 0
        @Option(name: .customLong("file")) var files: [String] = []
        @Option(help: "Only print the hashes of so many inputs.") var list: Int?

        func run() throws {
            guard let type = Targets.named(target) else {
                throw ValidationError("there is no target '\(target)'")
            }
            let child = try FuzzChild(type, scratch: scratch)
            if let list {
                for hash in try child.list(seed: seed, count: list, corpus: Corpus.inputs(in: corpus)) { say(hash) }
            } else if files.isEmpty {
                let known = try Corpus.inputs(in: corpus) + Corpus.inputs(in: scratch + "/" + FuzzChild.poolName)
                try child.fuzz(seed: seed, seconds: seconds, corpus: known)
            } else {
                try child.replay(files.map(Corpus.read))
            }
        }
    }
}

/// At once, for who follows through a pipe.
private func say(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
}

enum Scratch {
    /// A folder in memory where the system has one, for a store syncs at every turn.
    private static var place: String {
        let memory = "/dev/shm"
        return FileManager.default.isWritableFile(atPath: memory) ? memory : FileManager.default.temporaryDirectory.path
    }

    /// A folder that is gone afterwards.
    static func with<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = place + "/grove-fuzz-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let result = Swift.Result { try body(folder) }
        try FileManager.default.removeItem(atPath: folder)
        return try result.get()
    }
}
