import Foundation
import QueueLoad
import Wire

extension ChaosCase {
    /// A job that kills its workers does not take the others with it.
    static let poison = ChaosCase(
        6, "poison jobs",
        "Three jobs end the process of whichever worker takes them: by SIGKILL, by SIGSEGV, for want of memory. One hangs "
            + "while its worker's heartbeats go on; twenty healthy ones are beside them. The killers end FAILED after three "
            + "deaths each, the hanging one is taken away by the no-progress limit, and every healthy one succeeds."
    ) { run in
        let stand = try QueueStand(options: ["--lease-seconds", "1", "--no-progress-minutes", "0.05"])
        try stand.makeTree()
        let client = try stand.connection()
        let killers = try ScriptedWorker.Script.Death.allCases.map { death in
            try client.submit(QueueStand.scripted("poison \(death)", seed: death.rawValue), record: run.record)
        }
        let hanging = try client.submit(
            QueueStand.scripted("hang", seed: ScriptedWorker.Script.hangSeed), record: run.record)
        var healthy: [String] = []
        for number in 0..<20 {
            healthy.append(
                try client.submit(QueueStand.scripted("job \(number)", seed: 100), record: run.record))
        }
        var started = 0
        var workers: [WorkerProcess] = []
        try run.wait("all jobs end", atMost: .seconds(300)) {
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
        for id in killers + [hanging] {
            let state = jobs[id].map { "\($0.state)" } ?? "nowhere"
            run.expect(jobs[id]?.state == .failed, "poison job \(id) ended \(state)")
        }
        run.figure("attempts of the hanging job", jobs[hanging]?.attempts ?? 0)
        run.figure("attempts of the killers", killers.map { "\(jobs[$0]?.attempts ?? 0)" }.joined(separator: ", "))
        run.figure("they say", jobs[killers[0]]?.failure.message ?? "")
        let done = healthy.count { jobs[$0]?.state == .succeeded }
        run.expect(done == healthy.count, "only \(done) of \(healthy.count) healthy jobs succeeded")
    }
}
