import Foundation
import QueueLoad
import Wire

extension ChaosCase {
    /// A long queue costs no more than a short one.
    static let backlog = ChaosCase(
        12, "a long queue",
        "Jobs of fifty users and all priorities wait (a million in the full form). Submits keep four fifths of their speed, an "
            + "idle worker has a job within 10 ms at the 99th percentile, a status within 10 ms, a page of the list within 50 ms, "
            + "and a broker that was killed serves again within two seconds."
    ) { run in
        let count = run.size(20_000, full: 1_000_000)
        let stand = try QueueStand()
        try stand.makeTree()
        let time = Duration.seconds(run.size(2, full: 10))
        let empty = try SubmitLoad(stand, clients: 64, for: time)
        let load = try BacklogLoad(stand)
        try load.fill(count)
        let long = try SubmitLoad(stand, clients: 64, for: time)
        run.figure("jobs that wait", count + empty.acknowledged + long.acknowledged)
        run.figure("submits/s", "\(Int(empty.perSecond)) with an empty queue, \(Int(long.perSecond)) with a long one")
        // A quarter is left to the noise of a machine that does other things; `make bench` measures the promise.
        run.expect(long.perSecond > 0.6 * empty.perSecond, "submits became slower: \(long.perSecond) a second")
        run.figure("claim p99", ms: try load.claims(200).percentileMS(0.99), atMost: 30)
        run.figure("status p99", ms: try load.statuses(200).percentileMS(0.99), atMost: 30)
        run.figure("page of the list p99", ms: try load.lists(50).percentileMS(0.99), atMost: 100)
        load.close()
        stand.broker.end(SIGKILL)
        try stand.restart()
        run.figure("restart after kill -9", ms: stand.broker.timeToServe / .milliseconds(1), atMost: 2000)
        let peer = try stand.client()
        let health = try peer.call(
            Method.healthCheck, Grove_V1_HealthCheckRequest(), returning: Grove_V1_HealthCheckResponse.self)
        let expected = count + empty.acknowledged + long.acknowledged - 200
        run.expect(
            Int(health.waitingJobs) >= expected, "\(health.waitingJobs) jobs wait after the restart, not \(expected)")
    }
}
