import Foundation
import QueueLoad
import Wire

extension ChaosCase {
    /// Training that is interrupted again and again ends with the weights of training that was not.
    static let drain = ChaosCase(
        14, "drain and kill of training",
        "A training run is stopped with SIGTERM, with two of them, or killed at random steps and goes on at a worker started "
            + "anew, from its newest whole checkpoint. The final weights have the hash of a run that nobody disturbed, interruptions cost no attempt, "
            + "and a stopped worker ends by itself."
    ) { run in
        let grove = try TrainedGrove(template: run.trained)
        func train(_ name: String) throws -> String {
            try grove.grove(
                "train", "diffusion", name, "--data", "digits", "--tree", "tree", "--preset", "tiny", "--set",
                "steps=\(run.size(150, full: 600))", "--set", "batch_size=8", "--detach")
        }
        let client = try grove.stand.connection()
        var worker = try grove.worker("worker")
        let calm = try train("calm")
        try run.wait("the calm run ends", atMost: .seconds(600)) { try client.job(calm).state.isTerminal }
        let disturbed = try train("disturbed")
        var stops = 0
        while stops < run.size(3, full: 50) {
            let before = try client.job(disturbed).progress.step
            let steps = UInt64(run.random(in: 2...6))
            try run.wait("the run goes on", atMost: .seconds(600)) {
                let job = try client.job(disturbed)
                return job.state.isTerminal || (job.state == .running && job.progress.step >= before + steps)
            }
            if try client.job(disturbed).state.isTerminal { break }
            let isKill = stops % 3 == 2
            // A second one ends it at once, with 2, unless it has saved itself by then.
            let isHurried = stops % 3 == 1
            if isHurried { worker.signal(SIGTERM) }
            let status = worker.end(isKill ? SIGKILL : SIGTERM)
            run.expect(
                isKill || status == 0 || isHurried && status == 2,
                "a worker that was stopped ended with \(status): \(worker.printed.suffix(500))")
            stops += 1
            worker = try grove.worker("worker")
        }
        try run.wait("the disturbed run ends", atMost: .seconds(600)) { try client.job(disturbed).state.isTerminal }
        worker.end(SIGTERM)
        let (one, other) = (try client.job(calm), try client.job(disturbed))
        run.figure("interruptions", other.interruptions)
        run.expect(other.interruptions > 0, "the run was not interrupted, so nothing was tested")
        run.expect(
            one.state == .succeeded && other.state == .succeeded, "\(one.failure.message) \(other.failure.message)")
        run.expect(
            one.artifacts.first?.sha256 == other.artifacts.first?.sha256,
            "the weights differ from those of a run that was not interrupted")
        try Checker(run: run, peer: grove.stand.client()).check()
    }
}
