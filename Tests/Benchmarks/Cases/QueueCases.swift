import Foundation
import QueueLoad

/// The queue: a real broker process with fsync on, its clients and workers in this process.
enum QueueCases {
    static let all: [BenchmarkCase] = [
        BenchmarkCase("queue.submit-64", .job, run: submitMany), BenchmarkCase("queue.submit-1", .job, run: submitOne),
        BenchmarkCase("queue.noop", .job, run: noOp), BenchmarkCase("queue.dispatch", .job, run: dispatch),
        BenchmarkCase("queue.million", .job, run: million),
        BenchmarkCase("queue.scale-2", .job, run: scale),
    ]

    private static func submitMany(_ item: BenchmarkCase) throws -> [BenchmarkLine] {
        let load = try SubmitLoad(prepared(), clients: 64, for: .seconds(8))
        return [
            item.line([
                ("per_second", .number(load.perSecond)), ("p50_ms", .number(load.latencies.percentileMS(0.5))),
                ("p99_ms", .number(load.latencies.percentileMS(0.99))),
            ])
        ]
    }

    private static func submitOne(_ item: BenchmarkCase) throws -> [BenchmarkLine] {
        let load = try SubmitLoad(prepared(), clients: 1, for: .seconds(8))
        return [
            item.line([
                ("p50_ms", .number(load.latencies.percentileMS(0.5))),
                ("p99_ms", .number(load.latencies.percentileMS(0.99))), ("per_second", .number(load.perSecond)),
            ])
        ]
    }

    private static func noOp(_ item: BenchmarkCase) throws -> [BenchmarkLine] {
        let load = try NoOpLoad(prepared(), for: .seconds(8))
        return [item.line([("per_second", .number(load.perSecond))])]
    }

    private static func dispatch(_ item: BenchmarkCase) throws -> [BenchmarkLine] {
        let load = try DispatchLoad(prepared(), jobs: 1000)
        return [
            item.line([
                ("p50_ms", .number(load.latencies.percentileMS(0.5))),
                ("p99_ms", .number(load.latencies.percentileMS(0.99))),
            ])
        ]
    }

    /// One million jobs take a minute or two to submit, so what is measured with them is measured with the same ones:
    /// this case answers the lines `queue.million`, `queue.memory` and `queue.restart`.
    private static func million(_ item: BenchmarkCase) throws -> [BenchmarkLine] {
        let stand = try prepared()
        let empty = try SubmitLoad(stand, clients: 64, for: .seconds(8))
        let load = BacklogLoad(stand)
        try load.fill(1_000_000)
        let full = try SubmitLoad(stand, clients: 64, for: .seconds(8))
        let (claims, statuses) = (try load.claims(1000), try load.statuses(1000))
        let lists = try load.lists(100)
        let resident = try stand.broker.residentBytes()
        stand.broker.end(SIGKILL)
        try stand.restart()
        let restart = stand.broker.timeToServe
        let watchers = try WatchLoad(prepared(), stalled: 1000, reports: 10_000)
        return [
            item.line([
                ("submit_ratio", .number(full.perSecond / empty.perSecond)),
                ("claim_p99_ms", .number(claims.percentileMS(0.99))),
                ("status_p99_ms", .number(statuses.percentileMS(0.99))),
                ("list_p99_ms", .number(lists.percentileMS(0.99))),
            ]),
            BenchmarkCase("queue.memory", .job, run: million).line([
                ("rss_mib", .whole(resident >> 20)),
                ("growth_mib", .whole((watchers.after - watchers.before) >> 20)),
                ("watch_p99_ms", .number(watchers.latencies.percentileMS(0.99))),
            ]),
            BenchmarkCase("queue.restart", .job, run: million).line([("seconds", .number(restart / .seconds(1)))]),
        ]
    }

    private static func scale(_ item: BenchmarkCase) throws -> [BenchmarkLine] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "grove-scale-\(UUID().uuidString)")
        defer { remove(folder) }
        let grove = try TrainedGrove(template: folder)
        let one = try SamplingLoad(grove, workers: 1, jobs: 24)
        let two = try SamplingLoad(grove, workers: 2, jobs: 24)
        return [
            item.line([
                ("ratio", .number(one.elapsed / two.elapsed)), ("one_seconds", .number(one.elapsed / .seconds(1))),
                ("two_seconds", .number(two.elapsed / .seconds(1))),
            ])
        ]
    }

    private static func prepared() throws -> QueueStand {
        let stand = try QueueStand()
        try stand.makeTree()
        return stand
    }

    private static func remove(_ folder: URL) {
        do {
            try FileManager.default.removeItem(at: folder)
        } catch {
            print("left behind: \(folder.path) (\(error))")
        }
    }
}
