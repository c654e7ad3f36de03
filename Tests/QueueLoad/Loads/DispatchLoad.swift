import Foundation
import Transport
import Wire

/// Jobs that come one at a time to a worker that waits for them.
package struct DispatchLoad {
    /// From the submit's acknowledgement, which leaves after the commit, to the assignment at the worker.
    package private(set) var latencies: [Duration] = []

    package init(_ stand: QueueStand, jobs count: Int) throws {
        let (client, worker) = (try stand.client(), try stand.worker("idle", slots: 1))
        let loop = PeerLoop()
        loop.add(client)
        loop.add(worker)
        var take = Grove_V1_TakeRequest()
        take.free = [.interactive]
        var acknowledged: Duration?
        var assigned: Grove_V1_AttemptId?
        var assignedAt = Duration.zero
        var takeID = try worker.begin(Method.workTake, take)
        let run = UUID().uuidString
        func submit() throws {
            (acknowledged, assigned) = (nil, nil)
            try client.begin(Method.jobsSubmit, QueueStand.sample("\(run) \(latencies.count)"))
        }
        try submit()
        try loop.run(until: { latencies.count >= count }) { index, message in
            guard message.type == .end else { return }
            if index == 0 {
                acknowledged = MonotonicClock.now
            } else if message.callID == takeID {
                assigned = try WirePeer.response(message, as: Grove_V1_TakeResponse.self).assignment.attempt
                assignedAt = MonotonicClock.now
            }
            guard let start = acknowledged, let attempt = assigned else { return }
            latencies.append(max(.zero, assignedAt - start))
            var complete = Grove_V1_CompleteRequest()
            complete.attempt = attempt
            complete.success = Grove_V1_Success()
            try worker.begin(Method.workComplete, complete)
            takeID = try worker.begin(Method.workTake, take)
            try submit()
        }
        client.close()
        worker.close()
    }
}
