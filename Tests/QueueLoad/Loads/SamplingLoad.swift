import Foundation
import Transport
import Wire

/// Sampling jobs through real workers of one thread each.
package struct SamplingLoad {
    package private(set) var elapsed = Duration.zero

    /// - Parameter workers: how many; they have started and loaded the models before the clock does.
    package init(_ grove: TrainedGrove, workers count: Int, jobs: Int) throws {
        let workers = try (0..<count).map { try grove.worker("\(count)-\($0)") }
        defer { for worker in workers { worker.end(SIGTERM) } }
        try Self.sample(grove, jobs: 2 * count, steps: 2)
        let start = MonotonicClock.now
        try Self.sample(grove, jobs: jobs, steps: 50)
        elapsed = MonotonicClock.now - start
    }

    private static func sample(_ grove: TrainedGrove, jobs: Int, steps: UInt32) throws {
        let client = try grove.stand.client()
        defer { client.close() }
        let run = UUID().uuidString
        let watches = try (0..<jobs).map { number in
            var request = QueueStand.sample("\(run) \(number)")
            request.spec.sample.refinement.diffusion.name = "diffusion"
            (request.spec.sample.refinement.steps, request.spec.sample.count) = (steps, 4)
            request.spec.sample.seed = UInt64(number)
            var watch = Grove_V1_WatchJobRequest()
            watch.jobID = try client.call(Method.jobsSubmit, request, returning: Grove_V1_SubmitResponse.self).jobID
            return try client.begin(Method.jobsWatch, watch)
        }
        for watch in watches { _ = try client.answer(to: watch) }
    }
}
