import Foundation
import QueueLoad
import Wire

extension ChaosCase {
    /// Jobs outlive the workers that they run on.
    static let killedWorkers = ChaosCase(
        1, "kill -9 of workers",
        "Jobs run on three worker processes of two slots each; a random one is killed again and again (every half second, in "
            + "the full form every two for two minutes) and started anew. All jobs end SUCCEEDED with whole results, but for "
            + "those under which three workers died; none is given out again much later than a lease after its worker's death, "
            + "and attempts count up."
    ) { run in
        let lease = 2
        let stand = try QueueStand(options: ["--lease-seconds", "\(lease)"])
        try stand.makeTree()
        let client = try stand.connection()
        for number in 0..<run.size(60, full: 300) {
            let seed = UInt64(run.random(in: run.isFull ? 1000...3000 : 50...600))
            try client.submit(QueueStand.scripted("job \(number)", seed: seed), record: run.record)
        }
        var started = 0
        func start() throws -> WorkerProcess {
            started += 1
            return try WorkerProcess(stand.broker.endpoint, name: "w\(started)", slots: 2, record: run.record)
        }
        var workers = try (0..<3).map { _ in try start() }
        while try client.open() > 0 {
            Thread.sleep(forTimeInterval: run.isFull ? 2 : 0.5)
            let victim = run.random(in: 0...2)
            workers[victim].kill()
            workers[victim] = try start()
        }
        for worker in workers { worker.end(SIGKILL) }
        let jobs = try Checker(run: run, peer: stand.client()).check()
        run.figure("workers killed", started - 3)
        let quarantined = Self.deaths(run.record.all).filter { $0.value >= 3 }.keys
        run.figure("jobs given up after three deaths", quarantined.count { jobs[$0]?.state == .failed })
        try checkResults(jobs.filter { !quarantined.contains($0.key) }, of: stand, run)
        let latest = Self.requeueTimes(run.record.all).max() ?? .zero
        run.figure(
            "longest time from a death to the next attempt", ms: latest / .milliseconds(1),
            atMost: Double(lease) * 10_000)
    }

    /// The results of jobs that succeeded are there, with the bytes that their worker made.
    static func checkResults(_ jobs: [String: Grove_V1_Job], of stand: QueueStand, _ run: ChaosRun) throws {
        let peer = try stand.client()
        defer { peer.close() }
        for job in jobs.values where job.kind == "sample" {
            run.expect(job.state == .succeeded, "job \(job.id) ended \(job.state): \(job.failure.message)")
            guard job.state == .succeeded, let file = job.results.first else { continue }
            var read = Grove_V1_ReadBlobRequest()
            read.sha256 = file.sha256
            let id = try peer.begin(Method.blobsRead, read)
            let bytes = try peer.answer(to: id)?.bulk
            run.expect(bytes == ScriptedWorker.result(of: job.id), "job \(job.id) has other bytes than were made")
        }
    }

    /// How many workers died under each job.
    private static func deaths(_ entries: [Recorder.Entry]) -> [String: Int] {
        var holder: [String: String] = [:]
        var deaths: [String: Int] = [:]
        for entry in entries {
            switch entry.event {
            case .taken(let job, _, let worker): holder[job] = worker
            case .accepted(let job, _): holder[job] = nil
            case .killed(let worker): for (job, name) in holder where name == worker { deaths[job, default: 0] += 1 }
            case .acknowledged, .fenced: break
            }
        }
        return deaths
    }

    /// For each attempt that died with its worker: how long until the next one began.
    private static func requeueTimes(_ entries: [Recorder.Entry]) -> [Duration] {
        var holder: [String: String] = [:]
        var deaths: [String: Duration] = [:]
        var times: [Duration] = []
        for entry in entries {
            switch entry.event {
            case .taken(let job, _, let worker):
                holder[job] = worker
                if let death = deaths.removeValue(forKey: job) { times.append(entry.time - death) }
            case .accepted(let job, _): holder[job] = nil
            case .killed(let worker): for (job, name) in holder where name == worker { deaths[job] = entry.time }
            case .acknowledged, .fenced: break
            }
        }
        return times
    }
}
