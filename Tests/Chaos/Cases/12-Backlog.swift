import Foundation
import QueueLoad
import Wire

extension ChaosCase {
    /// A long queue costs no more than a short one.
    static let backlog = ChaosCase(
        12, "a long queue",
        "Jobs of fifty users and all priorities wait (a million in the full form). Submits, claims, statuses, pages of the list "
            + "and a start after kill -9 take about as long as with a short queue, where walking through it would take seconds; "
            + "and whoever comes late is served in turn, not after all that other users have there."
    ) { run in
        let count = run.size(20_000, full: 1_000_000)
        let stand = try QueueStand()
        try stand.makeTree()
        let time = Duration.seconds(run.size(2, full: 10))
        let empty = try SubmitLoad(stand, clients: 64, for: time)
        let load = BacklogLoad(stand)
        try load.fill(count)
        let long = try SubmitLoad(stand, clients: 64, for: time)
        run.figure("jobs that wait", count + empty.acknowledged + long.acknowledged)
        run.figure("submits/s", "\(Int(empty.perSecond)) with an empty queue, \(Int(long.perSecond)) with a long one")
        run.expect(long.perSecond > 0.2 * empty.perSecond, "submits became slower: \(long.perSecond) a second")
        run.figure("claim p99", ms: try load.claims(200).percentileMS(0.99), atMost: 1000)
        let served = try load.usersServed(among: 100, workers: 8)
        run.expect(served.count == 50, "only \(served.count) of fifty users are among the next hundred jobs")
        run.figure("status p99", ms: try load.statuses(200).percentileMS(0.99), atMost: 1000)
        run.figure("page of the list p99", ms: try load.lists(50).percentileMS(0.99), atMost: 2000)
        stand.broker.end(SIGKILL)
        try stand.restart()
        run.figure("restart after kill -9", ms: stand.broker.timeToServe / .milliseconds(1), atMost: 20_000)
        let peer = try stand.client()
        let health = try peer.call(
            Method.healthCheck, Grove_V1_HealthCheckRequest(), returning: Grove_V1_HealthCheckResponse.self)
        let expected = count + empty.acknowledged + long.acknowledged + 50 - 200 - 100
        run.expect(
            Int(health.waitingJobs) >= expected, "\(health.waitingJobs) jobs wait after the restart, not \(expected)")
    }
}
