import ArgumentParser
import Foundation
import QueueLoad
import Transport

/// Breaks things around a real broker, and looks whether it keeps what it promises; `README.md` says how to read it.
@main
struct GroveChaos: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grove-chaos", abstract: "Kills, cuts and fills, and checks what the broker promises.",
        subcommands: [Run.self, Worker.self], defaultSubcommand: Run.self)

    struct Run: ParsableCommand {
        @Option(help: "What chance begins with; the same seed makes the same plan.") var seed = UInt64.random(
            in: 1...999_999)
        @Option(help: "The numbers of the tests wanted, with commas between them (default: all).") var only = ""
        @Option(help: "Where the report goes.") var report = "chaos-report.md"
        @Flag(help: "The long form, for a night.") var full = false

        func run() throws {
            say("seed \(seed); \(full ? "full" : "small") form")
            let wanted = Set(only.split(separator: ",").compactMap { Int($0) })
            let folder = FileManager.default.temporaryDirectory.appending(path: "grove-chaos-\(UUID().uuidString)")
            defer { remove(folder) }
            var results: [ChaosResult] = []
            for item in ChaosCase.all where wanted.isEmpty || wanted.contains(item.number) {
                let result = try outcome(item, folder)
                say(result.line)
                for finding in result.findings { say("      \(finding)") }
                results.append(result)
            }
            let page = Report(results: results, seed: seed, isFull: full)
            try Data(page.markdown.utf8).write(to: URL(fileURLWithPath: report))
            say("report in \(report)")
            if results.contains(where: { !$0.holds }) { throw ExitCode.failure }
        }

        /// At once, for who follows through a pipe.
        private func say(_ text: String) {
            FileHandle.standardOutput.write(Data((text + "\n").utf8))
        }

        private func outcome(_ item: ChaosCase, _ folder: URL) throws -> ChaosResult {
            let run = try ChaosRun(item.number, seed: seed, isFull: full, folder: folder)
            let start = MonotonicClock.now
            do {
                try item.run(run)
            } catch {
                run.expect(false, "it could not go on: \(error)")
            }
            return ChaosResult(
                number: item.number, title: item.title, plan: item.plan, findings: run.allFindings,
                figures: run.allFigures, seconds: (MonotonicClock.now - start) / .seconds(1))
        }

        private func remove(_ folder: URL) {
            do {
                try FileManager.default.removeItem(at: folder)
            } catch {
                print("left behind: \(folder.path) (\(error))")
            }
        }
    }

    /// A scripted worker that can be killed; the tests start it.
    struct Worker: ParsableCommand {
        static let configuration = CommandConfiguration(shouldDisplay: false)
        @Option var broker: String
        @Option var name: String
        @Option var slots: Int

        func run() throws {
            let worker = try ScriptedWorker(broker, name: name, slots: slots) { event in
                FileHandle.standardOutput.write(Data((event.line + "\n").utf8))
            }
            // Its starter kills it, or has gone and left it behind.
            while FileHandle.standardInput.availableData.count > 0 {}
            worker.close()
        }
    }
}
