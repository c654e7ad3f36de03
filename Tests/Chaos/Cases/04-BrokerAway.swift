import Calls
import Foundation
import QueueLoad
import Wire

extension ChaosCase {
    /// Work that ends while there is no broker is not lost, and not done twice.
    static let brokerAway = ChaosCase(
        4, "broker away while jobs finish",
        "The broker is killed while a real worker computes, which has all that it needs in memory. The worker finishes, keeps "
            + "the outcome on its disk, and is killed too, or stays. The broker comes back (once after five minutes, in the full "
            + "form) with another epoch, at another address with the worker started for it, or at the old one: the outcome is "
            + "delivered, and the job was computed once."
    ) { run in
        let grove = try TrainedGrove(template: run.trained)
        var worker = try grove.worker("worker")
        for round in 0..<run.size(2, full: 6) {
            let job = try grove.grove(
                "sample", "--tree", "tree", "--diffusion", "diffusion", "-n", "8", "--steps", "1000", "--seed",
                "\(round)", "--detach")
            let client = try grove.stand.connection()
            // Not sooner: without its models a worker has nothing to finish, and gives the job back.
            try run.wait("the job is computed") { try client.job(job).progress.step > 0 }
            grove.stand.broker.end(SIGKILL)
            client.close()
            let outbox = grove.stand.folder.appending(path: "worker/outbox").path
            try run.wait("the worker keeps its outcome", atMost: .seconds(300)) {
                FileManager.default.fileExists(atPath: outbox + "/\(job)-1")
            }
            if run.isFull, round == 0 { Thread.sleep(forTimeInterval: 300) }
            // In every second round the worker stays, and finds the broker at its old address.
            if round % 2 == 0 {
                worker.end(SIGKILL)
                try grove.stand.restart(elsewhere: true, options: ["--lease-seconds", "5"])
                worker = try grove.worker("worker")
            } else {
                try grove.stand.restart(options: ["--lease-seconds", "5"])
            }
            let after = try grove.stand.connection()
            try run.wait("the job ends") { try after.job(job).state.isTerminal }
            let ended = try after.job(job)
            run.expect(ended.state == .succeeded, "job \(job) ended \(ended.state): \(ended.failure.message)")
            run.expect(ended.attempts == 1, "job \(job) was computed \(ended.attempts) times")
            run.record.note(.acknowledged(key: "round \(round)", job: job))
        }
        worker.end(SIGTERM)
        try Checker(run: run, peer: grove.stand.client()).check()
    }
}
