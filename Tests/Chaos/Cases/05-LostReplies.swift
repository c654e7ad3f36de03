import Calls
import Foundation
import QueueLoad
import Wire

extension ChaosCase {
    /// Clients whose answers are lost submit again.
    static let lostReplies = ChaosCase(
        5, "lost replies and repeated submits",
        "A proxy cuts the connection instead of carrying three answers in ten; the client repeats its calls. Every key has one "
            + "job. Many clients at once with one key get one job, and the same key with another request is ALREADY_EXISTS."
    ) { run in
        let stand = try QueueStand()
        try stand.makeTree()
        let proxy = try TCPProxy(to: stand.broker.endpoint, seed: run.seed)
        defer { proxy.close() }
        let count = run.size(300, full: 10_000)
        let client = try stand.connection(proxy.endpoint)
        proxy.set(.cutReplies(percent: 30))
        let calls = (0..<count).map { number in
            let request = QueueStand.sample("key \(number)")
            let call: PendingCall<Grove_V1_SubmitResponse> = client.begin(
                Method.jobsSubmit, request, timeout: .seconds(120))
            if number % 10 == 9 { Thread.sleep(forTimeInterval: 0.01) }
            return (request, call)
        }
        for (request, call) in calls {
            run.record.note(.acknowledged(key: request.idempotencyKey, job: try call.wait().0.jobID))
        }
        proxy.set(.forward)
        run.figure("connections cut", proxy.cutCount)
        run.expect(proxy.cutCount > 0, "no connection was cut, so nothing was tested")
        let direct = try stand.connection()
        let same = (0..<200).map { _ -> PendingCall<Grove_V1_SubmitResponse> in
            direct.begin(Method.jobsSubmit, QueueStand.sample("one key"), timeout: .seconds(60))
        }
        let ids = try Set(same.map { try $0.wait().0.jobID })
        run.expect(ids.count == 1, "200 submits with one key made \(ids.count) jobs")
        var other = QueueStand.sample("one key")
        other.spec.sample.count = 2
        do throws(RPCError) {
            let call: PendingCall<Grove_V1_SubmitResponse> = direct.begin(
                Method.jobsSubmit, other, timeout: .seconds(60))
            _ = try call.wait()
            run.expect(false, "the same key with another request made a job")
        } catch {
            run.expect(error.code == .alreadyExists, "the same key with another request: \(error)")
        }
        let jobs = try Checker(run: run, peer: stand.client()).check(areAllDone: false)
        let samples = jobs.values.count { $0.kind == "sample" }
        run.expect(samples == count + 1, "\(count + 1) keys made \(samples) jobs")
    }
}
