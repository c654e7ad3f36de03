import Foundation
import Transport
import Wire

/// Jobs that take no time, from submit to collected result: clients keep a number of them under way, and workers
/// complete what they are given at once.
package struct NoOpLoad {
    package struct Shape {
        package var clients = 4
        package var jobsOfAClient = 64
        package var workers = 4
        package var slots = 8

        package init() {}
    }

    package private(set) var collected = 0
    package private(set) var elapsed = Duration.zero

    package var perSecond: Double { Double(collected) / (elapsed / .seconds(1)) }

    package init(_ stand: QueueStand, _ shape: Shape = Shape(), for time: Duration) throws {
        let loop = PeerLoop()
        let clients = try (0..<shape.clients).map { try stand.client("client \($0)") }
        let workers = try (0..<shape.workers).map { try stand.worker("noop \($0)", slots: shape.slots) }
        for peer in clients + workers { loop.add(peer) }
        let run = UUID().uuidString
        var number = 0
        var submits: Set<CallID> = []
        var takes: Set<CallID> = []
        func submit(_ peer: WirePeer) throws {
            number += 1
            submits.insert(try peer.begin(Method.jobsSubmit, QueueStand.sample("\(run) \(number)")))
        }
        var take = Grove_V1_TakeRequest()
        take.free = [.interactive]
        let start = MonotonicClock.now
        for worker in workers {
            for _ in 0..<shape.slots { takes.insert(try worker.begin(Method.workTake, take)) }
        }
        for client in clients {
            for _ in 0..<shape.jobsOfAClient { try submit(client) }
        }
        try loop.run(until: { MonotonicClock.now - start >= time }) { index, message in
            guard message.type == .end else { return }
            if index >= shape.clients {
                guard takes.remove(message.callID) != nil else { return }
                let worker = workers[index - shape.clients]
                let taken = try WirePeer.response(message, as: Grove_V1_TakeResponse.self)
                if taken.hasAssignment {
                    var complete = Grove_V1_CompleteRequest()
                    complete.attempt = taken.assignment.attempt
                    complete.success = Grove_V1_Success()
                    try worker.begin(Method.workComplete, complete)
                }
                takes.insert(try worker.begin(Method.workTake, take))
            } else if submits.remove(message.callID) != nil {
                var watch = Grove_V1_WatchJobRequest()
                watch.jobID = try WirePeer.response(message, as: Grove_V1_SubmitResponse.self).jobID
                try clients[index].begin(Method.jobsWatch, watch)
            } else {
                // The end of a watch: the message before it was the job with its results.
                collected += 1
                try submit(clients[index])
            }
        }
        elapsed = MonotonicClock.now - start
        for peer in clients + workers { peer.close() }
    }
}
