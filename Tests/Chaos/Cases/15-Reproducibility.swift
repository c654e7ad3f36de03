import Foundation
import QueueLoad
import Wire

extension ChaosCase {
    /// A seed means the same pixels, whatever happens around it.
    static let reproducibility = ChaosCase(
        15, "the same pixels",
        "The same request is computed alone, among others, by a worker with two threads, by another process, after its first "
            + "worker was killed, and retried after it was cancelled. Each time the image files have the same hashes."
    ) { run in
        // Long enough that a cancel comes while it runs.
        let longSteps = 1000
        let grove = try TrainedGrove(template: run.trained)
        let client = try grove.stand.connection()
        func submit(_ seed: Int, steps: Int = 10) throws -> String {
            try grove.grove(
                "sample", "--tree", "tree", "--diffusion", "diffusion", "-n", "5", "--steps", "\(steps)", "--seed",
                "\(seed)", "--detach")
        }
        func hashes(_ job: String) throws -> [String: String] {
            try run.wait("job \(job) ends") { try client.job(job).state.isTerminal }
            let ended = try client.job(job)
            run.expect(ended.state == .succeeded, "job \(job): \(ended.failure.message)")
            let images = ended.results.filter { $0.name.hasPrefix("images/") }
            return Dictionary(images.map { ($0.name, $0.sha256) }, uniquingKeysWith: { first, _ in first })
        }
        var worker = try grove.worker("one")
        let alone = try hashes(submit(7))
        run.expect(!alone.isEmpty, "the job left no images")
        for others in 0..<run.size(2, full: 10) {
            let before = try (0...others).map { try submit(100 + $0) }
            let among = try submit(7)
            let after = try submit(200)
            run.expect(try hashes(among) == alone, "among \(before.count + 1) other jobs the pixels are others")
            _ = try hashes(after)
        }
        worker.end(SIGTERM)
        worker = try grove.worker("two", threads: 2)
        run.expect(try hashes(submit(7)) == alone, "with two threads the pixels are others")
        let interrupted = try submit(7)
        try run.wait("the job runs") { try client.job(interrupted).state != .waiting }
        worker.end(SIGKILL)
        worker = try grove.worker("three")
        run.expect(try hashes(interrupted) == alone, "after the death of a worker the pixels are others")
        let cancelled = try submit(8, steps: longSteps)
        try run.wait("the job runs") { try client.job(cancelled).state != .waiting }
        try client.cancel(cancelled)
        try run.wait("the job is cancelled") { try client.job(cancelled).state.isTerminal }
        run.expect(try client.job(cancelled).state == .cancelled, "the job ended before it could be cancelled")
        let again = try hashes(grove.grove("retry", cancelled))
        run.expect(try hashes(submit(8, steps: longSteps)) == again, "tried again the pixels are others")
        worker.end(SIGTERM)
        run.figure("images compared", alone.count)
        try Checker(run: run, peer: grove.stand.client()).check()
    }
}
