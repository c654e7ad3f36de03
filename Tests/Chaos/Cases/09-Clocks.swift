import Foundation
import QueueLoad
import Wire

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension ChaosCase {
    /// Leases do not care what time it is.
    static let clocks = ChaosCase(
        9, "clocks that step, and a broker that was asleep",
        "The wall clocks of the broker and of a worker step an hour forward and two back while jobs run, not together, and the "
            + "broker is stopped for longer than a lease (in the full form two minutes, longer than any time-out). No job is "
            + "given out twice, and the times of each job stand in their order."
    ) { run in
        let stand = try QueueStand()
        let clock = run.folder.appending(path: "clock")
        try Data("0".utf8).write(to: clock)
        stand.broker.end(SIGTERM)
        try stand.restart(
            options: ["--lease-seconds", "2"], environment: FaultyDisk.clock(clock).environment(folder: "/nowhere"))
        try stand.makeTree()
        let client = try stand.connection()
        let worker = try ScriptedWorker(stand.broker.endpoint, name: "steady", slots: 4, note: run.record.note)
        let workersClock = run.folder.appending(path: "worker's clock")
        try Data("0".utf8).write(to: workersClock)
        let stepping = try WorkerProcess(
            stand.broker.endpoint, name: "stepping", slots: 4, record: run.record,
            environment: FaultyDisk.clock(workersClock).environment(folder: "/nowhere"))
        for number in 0..<16 {
            try client.submit(QueueStand.scripted("job \(number)", seed: 2500), record: run.record)
        }
        for seconds in [3600, -3600, 0] {
            Thread.sleep(forTimeInterval: 0.7)
            try Data("\(seconds)".utf8).write(to: clock)
            try Data("\(-seconds)".utf8).write(to: workersClock)
        }
        kill(stand.broker.identifier, SIGSTOP)
        Thread.sleep(forTimeInterval: Double(run.size(3, full: 120)))
        kill(stand.broker.identifier, SIGCONT)
        try run.wait("all jobs end") { try client.open() == 0 }
        worker.close()
        stepping.end(SIGKILL)
        let jobs = try Checker(run: run, peer: stand.client()).check()
        for job in jobs.values where job.kind == "sample" {
            run.expect(job.attempts == 1, "job \(job.id) was given out \(job.attempts) times")
            run.expect(
                job.submittedMs <= job.startedMs && job.startedMs <= job.finishedMs,
                "job \(job.id) was submitted at \(job.submittedMs), begun at \(job.startedMs), ended at \(job.finishedMs)"
            )
        }
    }
}
