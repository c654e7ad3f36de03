import Foundation
import GroveClient
import Testing

/// `grove up` may end in any way: nothing of it stays behind, and nothing is lost.
@Suite struct ParentTests {
    private func startUp(_ grove: TestGrove, _ data: URL) async throws -> RunningProgram {
        let up = try grove.start(
            "grove", ["up", "--data", data.path, "--bind", "tcp://127.0.0.1:*", "--threads", "1"], label: "up")
        grove.use(try #require(await up.word(after: "ready "), "grove up ended: \(up.printed)"))
        return up
    }

    /// Waits until nobody holds the folders of broker and worker any more: their processes have ended then.
    private func waitUntilFree(_ data: URL) async throws {
        for folder in ["broker", "worker-1"] {
            let descriptor = open(data.appending(path: "\(folder)/lock").path, O_RDWR | O_CLOEXEC)
            try #require(descriptor >= 0)
            defer { close(descriptor) }
            while flock(descriptor, LOCK_EX | LOCK_NB) != 0 { try await Task.sleep(for: .milliseconds(20)) }
        }
    }

    @Test func aTrainingSurvivesThatGroveUpIsKilled() async throws {
        try await TestGrove.with { grove in
            let data = grove.scratch.appending(path: "all")
            var up = try await startUp(grove, data)
            try await grove.prepareModels()
            let id = try await grove.groveSucceeds(
                "train", "diffusion", "long", "--data", "digits", "--tree", "tree", "--preset", "tiny", "--set",
                "steps=60", "--set", "batch_size=8", "--detach"
            ).trimmingCharacters(in: .whitespacesAndNewlines)
            var client = try grove.client()
            while try await client.job(id).progress.step < 5 { try await Task.sleep(for: .milliseconds(50)) }
            up.signal(SIGKILL)
            _ = await up.waitForEnd()
            // At once: it waits for the broker of the one before.
            up = try await startUp(grove, data)
            client = try grove.client()
            let job = try await client.wait(id)
            #expect(job.state == .succeeded, "\(job.failure.message)")
            #expect(job.interruptions == 1)
            let log = try await grove.groveSucceeds("logs", id)
            #expect(log.contains("continues from the checkpoint"))
            // A terminal that is closed.
            up.signal(SIGHUP)
            #expect(await up.waitForEnd() == 0, "\(up.printed)")
            try await waitUntilFree(data)
        }
    }

    @Test func aSecondWorkerOnTheFolderSaysWhoHoldsIt() async throws {
        try await TestGrove.with { grove in
            _ = try await grove.startBroker()
            let first = try grove.startWorker()
            _ = await first.word(after: "session with ")
            let second = try grove.start(
                "grove-worker", ["--state", grove.scratch.appending(path: "worker").path],
                environment: ["GROVE_BROKER": grove.endpoint], label: "second")
            #expect(await second.waitForEnd() == 4)
            #expect(second.printed.contains("broker=\(grove.endpoint)"))
            #expect(second.printed.contains("Another worker, process \(first.identifier), uses the state folder"))
        }
    }

    @Test func aWorkerWithoutABrokerSaysSo() async throws {
        try await TestGrove.with { grove in
            let worker = try grove.start(
                "grove-worker", ["--state", grove.scratch.appending(path: "alone").path],
                environment: ["GROVE_BROKER": "tcp://127.0.0.1:9"], label: "alone")
            #expect(await worker.word(after: "no broker answers at ") == "tcp://127.0.0.1:9;")
            worker.signal(SIGHUP)
            #expect(await worker.waitForEnd() == 0)
        }
    }
}
