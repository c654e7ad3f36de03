import JobStore
import Testing
import Wire

@testable import BrokerCore

/// The choice of a lane, without a broker around it.
@Suite struct SchedulerTests {
    private static let minute: Int64 = 60_000

    private var lanes = LaneTable()
    private var running = RunningCounts([])
    private var turns = UserTurns()
    private var caps = Caps()

    private func scheduler() -> Scheduler {
        Scheduler(caps: caps, ageing: .seconds(30 * 60), patience: .seconds(10), solitude: .seconds(300))
    }

    private mutating func add(_ job: Int64, _ lane: LaneKey, readyMS: Int64 = 0) {
        lanes.set(job, lane, waiting: 1, head: LaneHead(job: job, readyMS: readyMS))
    }

    private static func lane(
        _ user: String = "ann", priority: Int = 5, kind: String = "sample", model: String = "", isAlone: Bool = false
    ) -> LaneKey {
        LaneKey(
            slot: 1, priority: priority, user: user, kind: kind, model: model, modelName: model, isAlone: isAlone)
    }

    private func next(_ nowMS: Int64 = 0, worker: String = "w", loaded: Set<String> = []) -> Int64? {
        scheduler().choose(
            for: .init(worker: worker, slot: 1, loaded: loaded), from: lanes, running: running, turns: turns,
            nowMS: nowMS)?.number
    }

    @Test mutating func priorityThenAge() {
        #expect(next() == nil)
        add(1, Self.lane(priority: 4))
        add(2, Self.lane(priority: 6))
        add(3, Self.lane(priority: 6, kind: "refine"))
        lanes.set(4, LaneKey(slot: 2, priority: 9, kind: "train-tree"), waiting: 1, head: LaneHead(job: 4, readyMS: 0))
        #expect(next() == 2)
    }

    @Test mutating func whoWaitsGainsPriority() {
        add(1, Self.lane(priority: 0))
        add(2, Self.lane(priority: 3), readyMS: 100 * Self.minute)
        #expect(next(100 * Self.minute) == 1, "a hundred minutes are worth three priorities, and it is older")
        #expect(next(89 * Self.minute) == 2)
        // However long it waits, nothing passes a job that is as high and older.
        add(3, Self.lane("bob", priority: 9), readyMS: 0)
        turns.serve("bob", slot: 1)
        #expect(next(100_000 * Self.minute) == 1)
    }

    @Test mutating func usersTakeTurns() {
        for job in 0..<3 { add(Int64(job), Self.lane("ann", kind: "kind \(job)")) }
        add(10, Self.lane("bob"))
        add(11, Self.lane("cem"))
        var order: [Int64] = []
        while let lane = next(), let key = lanes[lane]?.key {
            order.append(lane)
            turns.serve(key.user, slot: 1)
            lanes.set(lane, key, waiting: 0, head: nil)
        }
        #expect(order == [0, 10, 11, 1, 2])
    }

    @Test mutating func capsCountWhatRuns() throws {
        for cap in ["user=2", "user:bob=1", "kind:refine=0", "model:mnist=1"] { try caps.add(cap) }
        add(1, Self.lane("bob"))
        add(2, Self.lane("ann"))
        running.add(Self.lane("bob"), worker: "w")
        #expect(next() == 2)
        running.add(Self.lane("ann"), worker: "w")
        #expect(next() == 2)
        running.add(Self.lane("ann"), worker: "w")
        #expect(next() == nil)
        #expect(scheduler().obstacle(Self.lane("bob"), running) == .user("bob", 1))
        #expect(scheduler().obstacle(Self.lane("cem", kind: "refine"), running) == .kind("refine", 0))
        add(3, Self.lane("cem", model: "mnist"))
        #expect(next() == 3)
        running.add(Self.lane("dee", model: "mnist"), worker: "w")
        #expect(next() == nil)
        #expect(scheduler().obstacle(Self.lane("cem", model: "mnist"), running) == .model("mnist", 1))
    }

    @Test(arguments: ["", "user", "user=", "user=x", "user=-1", "kind=1", "kind:nap=1", "colour:red=1", "=1"])
    func badCapsAreSaid(_ text: String) {
        let error = #expect(throws: RPCError.self) {
            var caps = Caps()
            try caps.add(text)
        }
        #expect(error?.code == .invalidArgument)
    }

    @Test mutating func aLoadedModelIsPreferredForABoundedTime() {
        add(1, Self.lane(model: "a"))
        add(2, Self.lane(model: "b"))
        #expect(next(loaded: ["b"]) == 2)
        #expect(next(loaded: []) == 1)
        #expect(next(9_999, loaded: ["b"]) == 2)
        #expect(next(10_000, loaded: ["b"]) == 1, "overtaken for long enough")
        // Only inside a user's turn.
        add(3, Self.lane("bob", model: "c"))
        turns.serve("bob", slot: 1)
        #expect(next(loaded: ["c"]) == 1)
    }

    @Test mutating func aSuspectRunsAlone() {
        add(1, Self.lane(isAlone: true))
        add(2, Self.lane())
        running.add(Self.lane("bob"), worker: "busy")
        #expect(next(worker: "busy") == 2)
        #expect(next(worker: "idle") == 1)
        running.add(Self.lane(isAlone: true), worker: "idle")
        #expect(next(worker: "idle") == nil, "nothing joins it")
    }

    @Test mutating func aSuspectDoesNotWaitForEverToBeAlone() {
        add(1, Self.lane(isAlone: true), readyMS: 1000)
        add(2, Self.lane())
        running.add(Self.lane("bob"), worker: "busy")
        running.add(Self.lane("bob", isAlone: true), worker: "occupied")
        #expect(next(300_999, worker: "busy") == 2)
        #expect(next(301_000, worker: "busy") == 1, "no worker was without work for five minutes")
        #expect(next(301_000, worker: "occupied") == nil, "two suspects are never beside each other")
    }

    @Test func pausesGrowAndDiffer() {
        let policy = RetryPolicy(.interactive)
        let pauses = (1...10).map { policy.pause(after: $0, job: 7).seconds }
        for (pause, middle) in zip(pauses, [2, 4, 8, 16, 32, 60, 60, 60, 60, 60]) {
            #expect(pause >= 0.8 * Double(middle) && pause <= 1.2 * Double(middle))
        }
        #expect(policy.pause(after: 3, job: 7) == policy.pause(after: 3, job: 7))
        #expect(Set((0..<100).map { policy.pause(after: 1, job: $0) }).count > 90, "jobs do not come back together")
        #expect(RetryPolicy(.training).pause(after: 1, job: 1) >= .seconds(24))
    }

    /// A database may hold anything, and a clock show it.
    @Test(arguments: [.min, -1, 0, .max] as [Int64], [.min, -1, 0, .max] as [Int64])
    func noTimeEndsTheBroker(_ nowMS: Int64, _ storedMS: Int64) {
        #expect((5...9).contains(scheduler().level(5, readyMS: storedMS, nowMS: nowMS)))
        #expect(RetryPolicy(.training).pause(after: Int(storedMS), job: nowMS) <= .seconds(720))
        var terms = Grove_V1_Terms()
        (terms.maxRuntimeMs, terms.noProgressMs) = (.max, .max)
        let now = Now(monotonic: .seconds(1), wallMS: nowMS)
        let limits = RunLimits(terms, ranMS: storedMS, startedMS: storedMS, BrokerSettings(), now: now)
        #expect(limits.runtimeEnd != nil)
        terms.notBeforeMs = storedMS
        let begin = Placement.begin(terms, retryMS: storedMS, nowMS: now.wallMS, LocalTime { _ in 0 })
        #expect(begin.wallMS >= now.wallMS)
    }
}
