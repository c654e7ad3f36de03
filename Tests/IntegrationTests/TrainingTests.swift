import Foundation
import GroveClient
import Testing

/// Trainings that are stopped in every way and end as if they had not been.
@Suite struct TrainingTests {
    /// How a run is stopped once it has left a checkpoint.
    enum Stop: CaseIterable {
        case killed, terminated, cancelled

        /// A cancellation travels with a heartbeat, so the run must last for some of them.
        var steps: Int { self == .cancelled ? 400 : 60 }
    }

    @Test(arguments: Stop.allCases)
    func aStoppedRunEndsInTheSameModel(_ stop: Stop) async throws {
        try await TestGrove.with { grove in
            _ = try await grove.startBroker()
            let worker = try grove.startWorker()
            try await grove.prepareModels()
            let client = try grove.client()
            let whole = try await client.wait(try await train(grove, "whole", stop.steps))
            try #require(whole.state == .succeeded, "\(whole.failure.message)")

            // Sheets of samples on the way change nothing either.
            var id = try await train(grove, "stopped", stop.steps, "--sheet-every", "1s")
            while try await !client.job(id).hasCheckpoints { try await Task.sleep(for: .milliseconds(20)) }
            switch stop {
            case .killed:
                worker.signal(SIGKILL)
                _ = await worker.waitForEnd()
                // Another worker: nothing of the run is on this one.
                _ = try grove.startWorker("other")
            case .terminated:
                worker.signal(SIGTERM)
                #expect(await worker.waitForEnd() == 0, "\(worker.printed)")
                _ = try grove.startWorker("other")
            case .cancelled:
                try await client.cancel(id)
                #expect(try await client.wait(id).state == .cancelled)
                id = try await trimmed(grove.groveSucceeds("resume", id, "--detach"))
            }
            let job = try await client.wait(id)
            #expect(job.state == .succeeded, "\(job.failure.message)")
            // Models are kept by their contents: equal hashes are equal bits.
            #expect(job.artifacts.map(\.sha256) == whole.artifacts.map(\.sha256))
            #expect(job.interruptions == (stop == .cancelled ? 0 : 1))
            #expect(try await curve(grove, job) == curve(grove, whole))
            if stop == .cancelled { #expect(job.results.contains { $0.name.hasPrefix("sheets/step-") }) }
            let plot = grove.scratch.appending(path: "plot")
            let paths = try await grove.groveSucceeds("plot", job.id, "-o", plot.path)
            #expect(paths == "\(plot.path)/curves.png\n\(plot.path)/curves.svg\n")
        }
    }

    private func train(_ grove: TestGrove, _ name: String, _ steps: Int, _ more: String...) async throws -> String {
        let result = try await grove.grove(
            [
                "train", "diffusion", name, "--data", "digits", "--tree", "tree", "--preset", "tiny", "--set",
                "steps=\(steps)", "--set", "batch_size=8", "--checkpoint-every", "20", "--detach",
            ] + more)
        try #require(result.status == 0, "\(result.errors)")
        return trimmed(result.output)
    }

    private func trimmed(_ output: String) -> String { output.trimmingCharacters(in: .whitespacesAndNewlines) }

    /// The table of the curve, but for the time of day.
    private func curve(_ grove: TestGrove, _ job: Job) async throws -> [String] {
        let folder = grove.scratch.appending(path: "curve-\(job.id)")
        try await grove.groveSucceeds("results", job.id, "-o", folder.path)
        let text = try String(contentsOf: folder.appending(path: "metrics.csv"), encoding: .utf8)
        return text.split(separator: "\r\n").map { line in
            let columns = line.split(separator: ",", omittingEmptySubsequences: false)
            return (columns.prefix(3) + columns.dropFirst(4)).joined(separator: ",")
        }
    }
}
