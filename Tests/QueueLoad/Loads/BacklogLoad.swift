import Foundation
import Transport
import Wire

/// Very many jobs that wait, and what things cost then.
package struct BacklogLoad {
    private let stand: QueueStand

    package init(_ stand: QueueStand) { self.stand = stand }

    /// Submits as many jobs, of all priorities and fifty users, as fast as the broker takes them.
    package func fill(_ count: Int) throws {
        let run = UUID().uuidString
        let loop = PeerLoop()
        let peers = try (0..<16).map { try stand.client("filler \($0)") }
        for peer in peers { loop.add(peer) }
        var (begun, done) = (0, 0)
        func submit(_ peer: WirePeer) throws {
            guard begun < count else { return }
            var request = QueueStand.sample("\(run) \(begun)")
            (request.user, request.priority) = ("user \(begun % 50)", UInt32(begun % 10))
            begun += 1
            try peer.begin(Method.jobsSubmit, request)
        }
        for peer in peers { for _ in 0..<32 { try submit(peer) } }
        try loop.run(until: { done >= count }) { index, message in
            guard message.type == .end else { return }
            _ = try WirePeer.response(message, as: Grove_V1_SubmitResponse.self)
            done += 1
            try submit(peers[index])
        }
        for peer in peers { peer.close() }
    }

    /// How long an idle worker waits for a job when there are some; each is completed before the next is taken.
    package func claims(_ count: Int) throws -> [Duration] {
        let worker = try stand.worker("claimer", slots: 1)
        defer { worker.close() }
        return try (0..<count).map { _ in try claim(worker).time }
    }

    private func claim(_ worker: WirePeer) throws -> (job: String, time: Duration) {
        var take = Grove_V1_TakeRequest()
        take.free = [.interactive]
        let start = MonotonicClock.now
        let taken = try worker.call(Method.workTake, take, returning: Grove_V1_TakeResponse.self)
        let time = MonotonicClock.now - start
        var complete = Grove_V1_CompleteRequest()
        complete.attempt = taken.assignment.attempt
        complete.success = Grove_V1_Success()
        _ = try worker.call(Method.workComplete, complete, returning: Grove_V1_CompleteResponse.self)
        return (complete.attempt.jobID, time)
    }

    /// Each of fifty users submits one job of the highest priority, behind all that wait; then workers take jobs in turn.
    /// - Returns: whose jobs are among the first `count`.
    package func usersServed(among count: Int, workers: Int) throws -> Set<String> {
        let client = try stand.client("latecomers")
        let workers = try (0..<workers).map { try stand.worker("fair \($0)", slots: 1) }
        defer { for peer in workers + [client] { peer.close() } }
        for user in 0..<50 {
            var request = QueueStand.sample("late \(user)")
            (request.user, request.priority) = ("user \(user)", 9)
            _ = try client.call(Method.jobsSubmit, request, returning: Grove_V1_SubmitResponse.self)
        }
        return try Set(
            (0..<count).map { number in
                var get = Grove_V1_GetJobRequest()
                get.jobID = try claim(workers[number % workers.count]).job
                return try client.call(Method.jobsGet, get, returning: Grove_V1_Job.self).user
            })
    }

    /// How long it takes to look at a waiting job.
    package func statuses(_ count: Int) throws -> [Duration] {
        let peer = try stand.client("statuses")
        defer { peer.close() }
        let ids = try page(peer, limit: 1000).jobs.map(\.id)
        return try (0..<count).map { number in
            var request = Grove_V1_GetJobRequest()
            request.jobID = ids[number * 7919 % ids.count]
            let start = MonotonicClock.now
            _ = try peer.call(Method.jobsGet, request, returning: Grove_V1_Job.self)
            return MonotonicClock.now - start
        }
    }

    /// How long a page of a hundred jobs takes.
    package func lists(_ count: Int) throws -> [Duration] {
        let peer = try stand.client("lists")
        defer { peer.close() }
        var before = ""
        return try (0..<count).map { _ in
            let start = MonotonicClock.now
            let jobs = try page(peer, limit: 100, before: before).jobs
            before = jobs.last?.id ?? ""
            return MonotonicClock.now - start
        }
    }

    private func page(_ peer: WirePeer, limit: UInt32, before: String = "") throws -> Grove_V1_ListJobsResponse {
        var request = Grove_V1_ListJobsRequest()
        (request.limit, request.beforeJobID) = (limit, before)
        return try peer.call(Method.jobsList, request)
    }
}
