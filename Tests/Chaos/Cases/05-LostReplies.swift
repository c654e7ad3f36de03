import Calls
import Foundation
import QueueLoad
import Wire

extension ChaosCase {
    /// Clients whose answers are lost submit again.
    static let lostReplies = ChaosCase(
        5, "lost replies and repeated submits",
        "A proxy cuts the connection instead of carrying three answers in ten; the client repeats its calls. Then it delays what "
            + "four clients send with the same keys, each as long as chance will have it, so that they overtake each other. Every "
            + "key has one job. Many calls at once with one key get one job, and the same key with another request is "
            + "ALREADY_EXISTS."
    ) { run in
        let stand = try QueueStand()
        try stand.makeTree()
        let proxy = try TCPProxy(to: stand.broker.endpoint, seed: run.seed)
        defer { proxy.close() }
        let count = run.size(300, full: 10_000)
        let client = try stand.connection(proxy.endpoint)
        proxy.set(.cutReplies(percent: 30))
        // In groups: with each cut all that is open is sent again.
        for group in stride(from: 0, to: count, by: 150) {
            let calls = (group..<min(group + 150, count)).map { number in
                let request = QueueStand.sample("key \(number)")
                let call: PendingCall<Grove_V1_SubmitResponse> = client.begin(
                    Method.jobsSubmit, request, timeout: .seconds(600))
                if number % 10 == 9 { Thread.sleep(forTimeInterval: 0.01) }
                return (request, call)
            }
            for (request, call) in calls {
                run.record.note(.acknowledged(key: request.idempotencyKey, job: try call.wait().0.jobID))
            }
        }
        let raced = try raceSubmits(through: proxy, of: stand, keys: run.size(50, full: 1000), run)
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
        let keys = count + raced + 1
        run.expect(samples == keys, "\(keys) keys made \(samples) jobs")
    }

    /// Four clients submit the same keys on connections that are slow in turns.
    /// - Returns: the number of keys.
    private static func raceSubmits(
        through proxy: TCPProxy, of stand: QueueStand, keys: Int, _ run: ChaosRun
    ) throws -> Int {
        proxy.set(.delay(upTo: 0.05))
        let clients = try (0..<4).map { _ in try stand.connection(proxy.endpoint) }
        let requests = (0..<keys).map { QueueStand.sample("raced key \($0)") }
        let calls = clients.map { client in
            requests.map {
                client.begin(Method.jobsSubmit, $0, timeout: .seconds(120)) as PendingCall<Grove_V1_SubmitResponse>
            }
        }
        for (number, request) in requests.enumerated() {
            let ids = try Set(calls.map { try $0[number].wait().0.jobID })
            run.expect(ids.count == 1, "the key \(request.idempotencyKey) of four clients made \(ids.count) jobs")
            for id in ids { run.record.note(.acknowledged(key: request.idempotencyKey, job: id)) }
        }
        return keys
    }
}
