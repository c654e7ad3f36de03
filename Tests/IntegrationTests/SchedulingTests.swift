import Foundation
import GroveClient
import QueueLoad
import Testing

/// When jobs run, and where: with real processes and the command line.
@Suite struct SchedulingTests {
    private func id(_ output: String) -> String { output.trimmingCharacters(in: .whitespacesAndNewlines) }

    /// The lease is an hour: only the end of the connection can tell that the worker is dead.
    @Test func aKilledWorkersJobGoesToAnotherAtOnce() async throws {
        try await TestGrove.with { grove in
            _ = try await grove.startBroker(leaseSeconds: 3600)
            let first = try grove.startWorker("first")
            try await grove.prepareModels()
            let job = id(
                try await grove.groveSucceeds(
                    "train", "diffusion", "long", "--data", "digits", "--tree", "tree", "--preset", "tiny", "--set",
                    "steps=40", "--set", "batch_size=8", "--detach"))
            let client = try grove.client()
            while try await client.job(job).progress.step < 2 { try await Task.sleep(for: .milliseconds(50)) }
            first.signal(SIGKILL)
            _ = await first.waitForEnd()
            _ = try grove.startWorker("second")
            let ended = try await client.wait(job)
            #expect(ended.state == .succeeded, "\(ended.failure.message)")
            #expect(ended.worker == "second" && ended.attempts == 2)
        }
    }

    /// data → tree → an array of samples, submitted before any of it is there.
    @Test func aChainEndsInAnArray() async throws {
        try await TestGrove.with { grove in
            _ = try await grove.startBroker()
            let digits = try TinyDigits.write(to: grove.scratch, count: 96)
            let data = id(
                try await grove.groveSucceeds(
                    "data", "import", "digits", digits.images.path, digits.labels.path, "--detach"))
            let tree = id(
                try await grove.groveSucceeds(
                    "train", "tree", "tree", "--data", "digits", "--preset", "tiny", "--set", "batch_size=32", "--set",
                    "epochs_initial=1", "--set", "epochs_split=1", "--set", "epochs_intermediate=0", "--set",
                    "epochs_final=1", "--set", "leaves=3", "--after", data, "--detach"))
            let array = id(
                try await grove.groveSucceeds(
                    "sample", "--tree", "tree", "--no-refine", "-n", "2", "--array", "3-6%2", "--after", tree,
                    "--detach"))
            let status = try await grove.groveSucceeds("status", tree)
            #expect(status.contains("comes after job \(data)"))
            #expect(try await grove.groveSucceeds("pause").contains("the queue is paused"))
            _ = try grove.startWorker()
            #expect(try await grove.groveSucceeds("resume").contains("the queue is open"))
            let client = try grove.client()
            let ended = try await client.wait(array)
            #expect(ended.state == .succeeded, "\(ended.failure.message)")
            #expect(ended.array.succeeded == 4 && ended.array.atMostRunning == 2)
            let folder = grove.scratch.appending(path: "drawn").path
            _ = try await grove.groveSucceeds("results", array, "-o", folder)
            for index in 3...6 {
                let files = try FileManager.default.contentsOfDirectory(atPath: folder + "/\(index)")
                #expect(files.contains { $0.hasSuffix(".png") })
            }
        }
    }

    @Test func whatCannotRunIsRefusedInASentence() async throws {
        try await TestGrove.with { grove in
            _ = try await grove.startBroker()
            let refusals: [([String], String)] = [
                (["--window", "19:00-19:00"], "never opens"), (["--window", "7pm-7am"], "write it as 19:00-07:00"),
                (["--not-before", "tomorrow"], "write it as 19:00"), (["--max-runtime", "8"], "write it as 90s"),
                (["--array", "9-3"], "write it as 0-63"), (["--sweep", "leaves=2,3"], "use it with 'grove train'"),
                (["--after", "01kqzv7n2m8d4x"], "there is no job 01kqzv7n2m8d4x"),
            ]
            for (options, complaint) in refusals {
                let result = try await grove.grove(
                    ["sample", "--tree", "tree", "--no-refine"] + options + ["--detach"])
                #expect(result.status != 0 && result.errors.contains(complaint), "\(options): \(result.errors)")
            }
            let unknown = try await grove.groveFails("drain", "--worker", "nobody")
            #expect(unknown.errors.contains("there is no worker 'nobody'"))
        }
    }
}
