import Foundation
import QueueLoad
import Wire

extension ChaosCase {
    /// A worker that was cut off comes back with a result when another one has taken over.
    static let zombie = ChaosCase(
        3, "partition with a zombie",
        "A worker is cut off from the broker while it computes, longer than its lease (for a minute in the full form); another "
            + "one takes its jobs over; the partition heals and both report. The newer attempt's outcome counts, the older one's is ABORTED, its job has one "
            + "interruption more, and its worker goes on with other jobs."
    ) { run in
        let stand = try QueueStand(options: ["--lease-seconds", "1"])
        try stand.makeTree()
        let proxy = try TCPProxy(to: stand.broker.endpoint, seed: run.seed)
        defer { proxy.close() }
        let client = try stand.connection()
        for round in 0..<run.size(2, full: 4) {
            let zombie = try ScriptedWorker(proxy.endpoint, name: "zombie", slots: 2, note: run.record.note)
            let jobs = try (0..<2).map { number in
                try client.submit(
                    QueueStand.scripted(
                        "round \(round) job \(number)", seed: ScriptedWorker.Script.untilToldSeed),
                    record: run.record)
            }
            try run.wait("the zombie's jobs run") { try jobs.allSatisfy { try client.job($0).state == .running } }
            proxy.set(.blackhole)
            let other = try ScriptedWorker(stand.broker.endpoint, name: "other", slots: 2, note: run.record.note)
            try run.wait("another worker has the jobs") {
                try jobs.allSatisfy { try client.job($0).attempts == 2 }
            }
            // Its work ends while it is cut off in the first round; in the second it is told to stop when that is over.
            if round % 2 == 0 { zombie.finish(jobs) }
            if run.isFull { Thread.sleep(forTimeInterval: 60) }
            proxy.set(.forward)
            other.finish(jobs)
            try run.wait("the jobs end") { try client.open() == 0 }
            try run.wait("the zombie's outcomes are refused") { Self.fenced(run) >= 2 * (round + 1) }
            zombie.close()
            other.close()
        }
        let jobs = try Checker(run: run, peer: stand.client()).check()
        for job in jobs.values where job.kind == "sample" {
            run.expect(
                job.attempts == 2 && job.interruptions == 1,
                "job \(job.id) has \(job.attempts) attempts and \(job.interruptions) interruptions")
        }
        try checkResults(jobs, of: stand, run)
    }

    private static func fenced(_ run: ChaosRun) -> Int {
        run.record.all.count { entry in
            if case .fenced(_, let attempt) = entry.event { attempt == 1 } else { false }
        }
    }
}
