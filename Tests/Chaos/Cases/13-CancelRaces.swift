import Calls
import Foundation
import QueueLoad
import Transport
import Wire

extension ChaosCase {
    /// A cancellation comes at any moment of a job's life.
    static let cancelRaces = ChaosCase(
        13, "cancel races",
        "Jobs are cancelled while they wait, as they are given out, in the middle, at the instant of their completion, and twice, "
            + "also as the parent of an array. Each ends once, SUCCEEDED or CANCELLED, soon after the cancellation; an unknown "
            + "job is NOT_FOUND."
    ) { run in
        let stand = try QueueStand()
        try stand.makeTree()
        let client = try stand.connection()
        let workers = try (0..<2).map {
            try ScriptedWorker(stand.broker.endpoint, name: "w\($0)", slots: 4, note: run.record.note)
        }
        var cancelled: [String: Duration] = [:]
        for round in 0..<run.size(8, full: 100) {
            // More than there are slots: of those that come last some still wait.
            let jobs = try (0..<12).map { number in
                let time = UInt64(run.random(in: 0...800))
                return try client.submit(QueueStand.scripted("job \(round) \(number)", seed: time), record: run.record)
            }
            for job in round % 2 == 0 ? jobs : jobs.reversed() {
                Thread.sleep(forTimeInterval: Double(run.random(in: 0...80)) / 1000)
                try client.cancel(job)
                cancelled[job] = MonotonicClock.now
                if run.random(in: 0...2) == 0 { try client.cancel(job) }
            }
        }
        for round in 0..<run.size(3, full: 30) {
            let array = try client.submit(Self.array("array \(round)", of: 12), record: run.record)
            Thread.sleep(forTimeInterval: Double(run.random(in: 0...800)) / 1000)
            try client.cancel(array)
            cancelled[array] = MonotonicClock.now
        }
        try run.wait("all jobs end") { try client.open() == 0 }
        let lastWait = MonotonicClock.now - (cancelled.values.max() ?? .zero)
        run.figure("from the last cancellation to the end of all", ms: lastWait / .milliseconds(1), atMost: 20_000)
        for worker in workers { worker.close() }
        let jobs = try Checker(run: run, peer: stand.client()).check()
        let states = jobs.values.filter { $0.kind == "sample" }.map(\.state)
        run.figure("cancelled", states.count { $0 == .cancelled })
        run.figure("succeeded before", states.count { $0 == .succeeded })
        run.expect(
            states.allSatisfy { $0 == .cancelled || $0 == .succeeded },
            "a cancelled job ended neither CANCELLED nor SUCCEEDED")
        for array in jobs.values where array.kind == "array" {
            let count = jobs.values.count { $0.arrayJobID == array.id }
            run.expect(count == 12, "array \(array.id) has \(count) jobs, not twelve")
        }
        run.expect(states.contains(.cancelled), "no job was cancelled, so nothing was tested")
        do throws(RPCError) {
            var request = Grove_V1_CancelJobRequest()
            request.jobID = "00000000000000"
            let call: PendingCall<Grove_V1_Job> = client.begin(Method.jobsCancel, request, timeout: .seconds(10))
            _ = try call.wait()
            run.expect(false, "an unknown job was cancelled")
        } catch {
            run.expect(error.code == .notFound, "cancelling an unknown job: \(error)")
        }
    }

    private static func array(_ key: String, of count: UInt32) -> Grove_V1_SubmitRequest {
        var request = Grove_V1_SubmitRequest()
        request.idempotencyKey = key
        request.array.elements = (0..<count).map { index in
            var element = Grove_V1_ArrayElement()
            (element.index, element.spec) = (index, QueueStand.scripted("", seed: UInt64(index) * 40).spec)
            return element
        }
        return request
    }
}
