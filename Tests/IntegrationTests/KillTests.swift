import Foundation
import GroveClient
import Testing

/// What is acknowledged is finished, whoever dies on the way.
@Suite struct KillTests {
    /// The number of jobs in the queue.
    private static let jobs = 20

    @Test func twentyJobsOutliveBrokerAndWorker() async throws {
        try await TestGrove.with { grove in
            var broker = try await grove.startBroker()
            var worker = try grove.startWorker()
            try await grove.prepareModels()

            var ids: [String] = []
            for seed in 0..<Self.jobs {
                let id = try await grove.groveSucceeds(
                    "sample", "--tree", "tree", "--diffusion", "diffusion", "-n", "4", "--steps", "20", "--seed",
                    "\(seed)", "--detach")
                ids.append(id.trimmingCharacters(in: .whitespacesAndNewlines))
            }
            try await waitUntil(atLeast: 3, of: ids, haveEndedAt: grove)
            worker.signal(SIGKILL)
            _ = await worker.waitForEnd()
            worker = try grove.startWorker()
            try await waitUntil(atLeast: 8, of: ids, haveEndedAt: grove)
            broker.signal(SIGKILL)
            _ = await broker.waitForEnd()
            broker = try await grove.startBroker()
            try await waitUntil(atLeast: 12, of: ids, haveEndedAt: grove)
            broker.signal(SIGKILL)
            worker.signal(SIGKILL)
            _ = await broker.waitForEnd()
            _ = await worker.waitForEnd()
            broker = try await grove.startBroker()
            worker = try grove.startWorker()

            let client = try grove.client()
            for id in ids {
                let job = try await client.wait(id)
                #expect(job.state == .succeeded, "job \(id): \(job.failure.message)")
                // Four images, the tree's four, two sheets: the results of one completion and no more.
                #expect(job.results.count == 10, "job \(id) has \(job.results.count) results")
                #expect(Set(job.results.map(\.name)).count == job.results.count)
            }
            #expect(Set(ids).count == Self.jobs)
            let all = try await grove.groveSucceeds("jobs", "--limit", "100", "--json")
            #expect(all.split(separator: "\n").count { $0.contains("\"sample\"") } >= Self.jobs)
        }
    }

    @Test func trainingContinuesFromItsCheckpoint() async throws {
        try await TestGrove.with { grove in
            _ = try await grove.startBroker()
            var worker = try grove.startWorker()
            try await grove.prepareModels()
            let id = try await grove.groveSucceeds(
                "train", "diffusion", "long", "--data", "digits", "--tree", "tree", "--preset", "tiny", "--set",
                "steps=60", "--set", "batch_size=8", "--detach"
            ).trimmingCharacters(in: .whitespacesAndNewlines)
            let client = try grove.client()
            while try await client.job(id).progress.step < 5 { try await Task.sleep(for: .milliseconds(50)) }
            worker.signal(SIGTERM)
            #expect(await worker.waitForEnd() == 0, "\(worker.printed)")
            worker = try grove.startWorker()
            let job = try await client.wait(id)
            #expect(job.state == .succeeded, "\(job.failure.message)")
            #expect(job.interruptions == 1)
            let log = try await grove.groveSucceeds("logs", id)
            #expect(log.contains("continues from the checkpoint"))
        }
    }

    private func waitUntil(atLeast count: Int, of ids: [String], haveEndedAt grove: TestGrove) async throws {
        let client = try grove.client()
        while true {
            var ended = 0
            for id in ids where try await client.job(id).state == .succeeded { ended += 1 }
            if ended >= count { return }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
