import Foundation
import QueueLoad
import Transport
import Wire

extension ChaosCase {
    /// Who does not read costs nothing.
    static let stalledWatchers = ChaosCase(
        10, "stalled watchers",
        "Fifty watchers of a running job never read, while its worker reports progress a thousand times a second; one watcher "
            + "reads, and one reads a message a second. The broker's memory stays flat, the one that reads sees each report soon, "
            + "and the slow one gets the newest, with what came between left out. Then peers ask for a blob again and again "
            + "and read nothing: each costs at most what is promised, all of them too, and others are served."
    ) { run in
        let stand = try QueueStand()
        try stand.makeTree()
        let load = try WatchLoad(stand, stalled: run.size(50, full: 1000), reports: run.size(4000, full: 60_000))
        run.figure("reports", load.reports)
        run.figure("messages that the reader got", load.latencies.count)
        let slow = load.slowSteps
        run.figure("messages that the slow one got", slow.count)
        run.expect(
            zip(slow, slow.dropFirst()).allSatisfy { $0 <= $1 } && slow.count < load.latencies.count,
            "the slow reader got \(slow.count) messages, or older ones after newer ones")
        run.figure("from a report to its reader, p99", ms: load.latencies.percentileMS(0.99), atMost: 5000)
        run.figure("broker's memory", "\(load.before >> 20) MiB, then \(load.after >> 20) MiB")
        run.expect(
            load.after - load.before < 32 << 20, "the broker's memory grew by \((load.after - load.before) >> 20) MiB")
        let peers = run.size(10, full: 70)
        let greedy = try GreedyLoad(stand, peers: peers, requests: run.size(400, full: 2000))
        run.figure("peers that read nothing", peers)
        run.figure("what they cost", "\((greedy.peak - greedy.before) >> 20) MiB")
        run.figure("calls of others meanwhile, p99", ms: greedy.latencies.percentileMS(0.99), atMost: 2000)
        run.expect(
            greedy.peak - greedy.before < min(peers * 32, 320) << 20,
            "\(peers) peers that read nothing cost \((greedy.peak - greedy.before) >> 20) MiB")
        try Checker(run: run, peer: stand.client()).check(areAllDone: false)
    }
}
