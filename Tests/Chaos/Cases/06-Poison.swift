import Foundation
import QueueLoad
import Wire

extension ChaosCase {
    /// A job that kills its workers does not take the others with it.
    static let poison = ChaosCase(
        6, "poison jobs",
        "One job kills the process of whichever worker takes it, one hangs while its worker's heartbeats go on; twenty healthy "
            + "ones are beside them. The killer ends FAILED after a few deaths, the hanging one is taken away by the no-progress "
            + "limit, and every healthy one succeeds."
    ) { run in
        let stand = try QueueStand(options: ["--lease-seconds", "1", "--no-progress-minutes", "0.05"])
        try stand.makeTree()
        let client = try stand.connection()
        let killer = try client.submit(
            QueueStand.scripted("poison", seed: ScriptedWorker.Script.poisonSeed), record: run.record)
        let hanging = try client.submit(
            QueueStand.scripted("hang", seed: ScriptedWorker.Script.hangSeed), record: run.record)
        var healthy: [String] = []
        for number in 0..<20 {
            healthy.append(
                try client.submit(QueueStand.scripted("job \(number)", seed: 100), record: run.record))
        }
        var started = 0
        var workers: [WorkerProcess] = []
        try run.wait("all jobs end", atMost: .seconds(120)) {
            workers.removeAll { !$0.isRunning }
            while workers.count < 2 {
                started += 1
                workers.append(
                    try WorkerProcess(stand.broker.endpoint, name: "w\(started)", slots: 2, record: run.record))
            }
            Thread.sleep(forTimeInterval: 0.1)
            return try client.open() == 0
        }
        for worker in workers { worker.end(SIGKILL) }
        let jobs = try Checker(run: run, peer: stand.client()).check()
        run.expect(
            jobs[killer]?.state == .failed, "the poison job ended \(jobs[killer].map { "\($0.state)" } ?? "nowhere")")
        run.expect(
            jobs[hanging]?.state == .failed, "the hanging job ended \(jobs[hanging].map { "\($0.state)" } ?? "nowhere")"
        )
        run.figure("attempts of the hanging job", jobs[hanging]?.attempts ?? 0)
        run.figure("attempts of the poison job", jobs[killer]?.attempts ?? 0)
        run.figure("it says", jobs[killer]?.failure.message ?? "")
        let done = healthy.count { jobs[$0]?.state == .succeeded }
        run.expect(done == healthy.count, "only \(done) of \(healthy.count) healthy jobs succeeded")
    }
}
