import ArgumentParser
import Foundation

/// Measures what this project promises to be fast at; `README.md` says how to read the output.
@main
struct GroveBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grove-bench", abstract: "Prints one JSON line for each thing that it measures.")

    @Option(help: "Beginnings of the cases wanted, with commas between them (default: all).")
    var cases = ""
    @Flag(help: "Print the names of the cases and measure nothing.") var list = false
    @Option(help: "The Python with the peers: measure them in turn with ours and print the ratios.")
    var peers: String?
    @Option(help: "The peers' script.") var script = "Tests/Benchmarks/Peers/peers.py"
    @Option(help: "How often each takes its turn.") var rounds = 3
    @Option(help: ArgumentHelp("Measure this case here and now.", visibility: .hidden)) var alone: String?

    func validate() throws {
        guard (1...100).contains(rounds) else { throw ValidationError("--rounds takes 1 to 100, not \(rounds).") }
    }

    func run() async throws {
        if let alone {
            guard let item = BenchmarkCase.all.first(where: { $0.id == alone }) else {
                throw ValidationError("There is no case '\(alone)'; --list prints them.")
            }
            for line in try await item.run(item) { Self.show(line) }
            return
        }
        for item in try selection() {
            if list {
                print(item.id)
            } else {
                for line in try measure(item) { Self.show(line) }
            }
        }
    }

    private func measure(_ item: BenchmarkCase) throws -> [BenchmarkLine] {
        guard let peers, !Contest.names(for: item).isEmpty else { return try OwnProcess.own(item).lines() }
        return try Contest(
            item: item,
            peers: .init(
                python: URL(fileURLWithPath: peers), script: URL(fileURLWithPath: script), rounds: rounds)
        ).run()
    }

    private func selection() throws -> [BenchmarkCase] {
        let beginnings = cases.split(separator: ",").map(String.init)
        let selected = BenchmarkCase.all.filter { item in
            beginnings.isEmpty || beginnings.contains { item.id.hasPrefix($0) }
        }
        guard !selected.isEmpty else {
            throw ValidationError("No case begins with '\(cases)'; --list prints them.")
        }
        return selected
    }

    /// At once, for who follows through a pipe.
    private static func show(_ line: BenchmarkLine) {
        FileHandle.standardOutput.write(Data((line.json + "\n").utf8))
    }
}
