import Calls
import Foundation
import QueueLoad
import Wire

extension ChaosCase {
    /// A full disk is survived; one that lies is not gone on with.
    static let fullDisk = ChaosCase(
        11, "full disk, then failing fsync",
        "The broker's disk takes no more while jobs run. Submits and uploads are refused with RESOURCE_EXHAUSTED, jobs that run "
            + "can end and be cancelled, and when there is room again submits are taken without a restart. Then fsync fails with "
            + "EIO: the broker ends with an error, and the next one has everything that was acknowledged."
    ) { run in
        let stand = try QueueStand()
        try stand.makeTree()
        stand.broker.end(SIGTERM)
        let mark = run.folder.appending(path: "full")
        try stand.startWithFaultyDisk(.full(while: mark))
        try fill(stand, run, mark)
        stand.broker.end(SIGTERM)
        try failSync(stand, run)
        try stand.restart()
        try Checker(run: run, peer: stand.client()).check(areAllDone: false)
    }

    private static func fill(_ stand: QueueStand, _ run: ChaosRun, _ mark: URL) throws {
        let client = try stand.connection()
        let worker = try ScriptedWorker(stand.broker.endpoint, name: "worker", slots: 4, note: run.record.note)
        let jobs = try (0..<4).map { number in
            try client.submit(
                QueueStand.scripted("job \(number)", seed: number == 3 ? 60_000 : 600), record: run.record)
        }
        let waiting = try client.submit(QueueStand.scripted("waits", seed: 100), record: run.record)
        try run.wait("the jobs run") { try jobs.allSatisfy { try client.job($0).state == .running } }
        try Data().write(to: mark)
        var refused = 0
        for number in 0..<40 {
            do throws(RPCError) {
                let call: PendingCall<Grove_V1_SubmitResponse> = client.begin(
                    Method.jobsSubmit, QueueStand.sample("full \(number)"), timeout: .seconds(20))
                let response = try call.wait().0
                run.record.note(.acknowledged(key: "full \(number)", job: response.jobID))
            } catch {
                run.expect(error.code == .resourceExhausted, "a submit to a full disk: \(error)")
                refused += 1
            }
        }
        run.expect(refused > 0, "a full disk refused nothing")
        run.figure("submits refused while full", refused)
        try client.cancel(waiting)
        try client.cancel(jobs[3])
        try run.wait("running jobs end on a full disk") {
            try jobs.allSatisfy { try client.job($0).state.isTerminal }
        }
        run.expect(try client.job(waiting).state == .cancelled, "a waiting job could not be cancelled")
        run.expect(try client.job(jobs[3]).state == .cancelled, "a running job could not be cancelled")
        run.expect(try client.job(jobs[0]).state == .succeeded, "a running job could not succeed")
        try FileManager.default.removeItem(at: mark)
        try run.wait("submits are taken again") {
            do throws(RPCError) {
                let call: PendingCall<Grove_V1_SubmitResponse> = client.begin(
                    Method.jobsSubmit, QueueStand.sample("after"), timeout: .seconds(20))
                run.record.note(.acknowledged(key: "after", job: try call.wait().0.jobID))
                return true
            } catch {
                return false
            }
        }
        client.close()
        worker.close()
    }

    private static func failSync(_ stand: QueueStand, _ run: ChaosRun) throws {
        try stand.startWithFaultyDisk(.failingSync(from: run.random(in: 12...40)))
        let peer = try stand.client()
        defer { peer.close() }
        for number in 0..<1000 {
            let id = try peer.begin(Method.jobsSubmit, QueueStand.sample("sync \(number)"))
            guard let message = try peer.answer(to: id, while: { stand.broker.isRunning }) else { break }
            let response = try WirePeer.response(message, as: Grove_V1_SubmitResponse.self)
            run.record.note(.acknowledged(key: "sync \(number)", job: response.jobID))
        }
        run.expect(!stand.broker.isRunning, "the broker goes on although fsync fails")
        run.figure("exit status after a failed fsync", stand.broker.end(SIGKILL))
    }
}
