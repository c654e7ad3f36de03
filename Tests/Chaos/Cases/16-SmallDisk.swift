import Calls
import Foundation
import QueueLoad
import Wire

extension ChaosCase {
    /// A real disk, filled to its end by what the broker itself keeps.
    static let smallDisk = ChaosCase(
        16, "a small disk, full",
        "A broker on a file system of 110 MiB is sent jobs of 1,500 files each until it refuses them. Full, it still ends and "
            + "cancels jobs, is killed with kill -9, starts again where another program has taken the last byte, and ends and "
            + "cancels more. When there is room, submits are taken again. Nothing that was acknowledged is lost."
    ) { run in
        guard let disk = try SmallDisk(mebibytes: 110, at: run.folder.appending(path: "disk")) else {
            return run.figure("not run", "this user may not mount a file system")
        }
        let stand = try QueueStand(in: disk.folder)
        try stand.makeTree()
        let filling = try FullDisk(stand, disk, run)
        try filling.fill()
        try filling.endAndCancel("while full")
        stand.broker.end(SIGKILL)
        // Another program takes what is left, to the last byte.
        try disk.fill()
        run.figure("bytes free for the start", try disk.freeBytes())
        try stand.restart()
        run.figure("start on the full disk", ms: stand.broker.timeToServe / .milliseconds(1), atMost: 60_000)
        try disk.unfill()
        try filling.endAndCancel("after kill -9, still full")
        filling.close()
        try disk.resize(mebibytes: 400)
        try filling.goOn()
        try Checker(run: run, peer: stand.client()).check(areAllDone: false)
    }
}

/// The load of this test.
private final class FullDisk {
    private let stand: QueueStand
    private let disk: SmallDisk
    private let run: ChaosRun
    private let client: Connection
    private let files: [Grove_V1_FileRef]
    private var running: [String] = []
    private var waiting: [String] = []
    private let worker: ScriptedWorker

    private static let filesPerJob = 1500
    private static let runningJobs = 8

    init(_ stand: QueueStand, _ disk: SmallDisk, _ run: ChaosRun) throws {
        (self.stand, self.disk, self.run) = (stand, disk, run)
        client = try stand.connection()
        worker = try ScriptedWorker(
            stand.broker.endpoint, name: "busy", slots: Self.runningJobs, note: run.record.note)
        // As a worker: what clients upload must leave more room than this disk has.
        let peer = try stand.worker("filler", slots: 1)
        defer { peer.close() }
        files = try (0..<Self.filesPerJob).map { try stand.upload(peer, Array("file \($0)".utf8), name: "file-\($0)") }
    }

    /// Some jobs run, and so many are kept that no more are taken.
    func fill() throws {
        running = try (0..<Self.runningJobs).map { number in
            try client.submit(
                QueueStand.scripted("runs \(number)", seed: ScriptedWorker.Script.untilToldSeed), record: run.record)
        }
        try run.wait("the jobs run") { try running.allSatisfy { try client.job($0).state == .running } }
        var hold = Grove_V1_SetGateRequest()
        hold.gate = .paused
        _ = try client.call(Method.queueSet, hold, returning: Grove_V1_QueueStatus.self, timeout: .seconds(60))
        var (refused, large) = (0, 0)
        while refused < 10, large < 5000 {
            do throws(RPCError) {
                waiting.append(try submit("large \(large)"))
                large += 1
            } catch {
                guard error.code == .resourceExhausted else { throw error }
                refused += 1
                Thread.sleep(forTimeInterval: 0.2)
            }
        }
        run.expect(refused == 10, "\(large) jobs of \(Self.filesPerJob) files found room on a disk of 110 MiB")
        run.figure("jobs of \(Self.filesPerJob) files until it was full", large)
        run.figure("bytes free then", try disk.freeBytes())
    }

    private func submit(_ key: String) throws(RPCError) -> String {
        var request = Grove_V1_SubmitRequest()
        request.spec.importDataset.name = "large"
        request.spec.importDataset.files = files
        (request.idempotencyKey, request.priority) = (key, 0)
        let call: PendingCall<Grove_V1_SubmitResponse> = client.begin(Method.jobsSubmit, request, timeout: .seconds(60))
        let job = try call.wait().0.jobID
        run.record.note(.acknowledged(key: key, job: job))
        return job
    }

    /// Cancels half of what waits and of what runs, and sees the rest of that end.
    func endAndCancel(_ when: String) throws {
        let cancelled = Array(waiting.prefix(waiting.count / 2)) + running.suffix(2)
        waiting.removeFirst(waiting.count / 2)
        let begun = Date()
        for job in cancelled {
            do {
                try client.cancel(job)
            } catch let error as RPCError {
                run.expect(false, "job \(job) cannot be cancelled \(when): \(error)")
            }
        }
        run.figure("cancelled \(when)", "\(cancelled.count) in \(Int(Date().timeIntervalSince(begun) * 1000)) ms")
        let ending = running.prefix(2) + running.suffix(2)
        running = Array(running.dropFirst(2).dropLast(2))
        worker.finish(ending.prefix(2))
        try run.wait("jobs end \(when)") { try ending.allSatisfy { try client.job($0).state.isTerminal } }
        for job in ending.prefix(2) {
            run.expect(try client.job(job).state == .succeeded, "a running job could not succeed \(when)")
        }
        for job in cancelled {
            run.expect(try client.job(job).state == .cancelled, "job \(job) was cancelled \(when) and is not")
        }
    }

    func goOn() throws {
        try run.wait("submits are taken again") {
            do throws(RPCError) {
                _ = try submit("there is room")
                return true
            } catch {
                return false
            }
        }
        client.close()
    }

    func close() {
        worker.close()
    }
}
