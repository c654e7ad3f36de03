import Testing
import Transport
import Wire

@testable import BrokerCore

/// Pause, drain, resume; and what a waiting job says of why it waits.
@Suite struct GatesTests {
    private let bench: Bench
    private let client: PeerID

    init() throws {
        bench = try Bench()
        try bench.makeTree()
        client = try bench.client()
    }

    @discardableResult
    private func set(_ gate: Grove_V1_Gate, worker: String = "") throws -> Grove_V1_QueueStatus {
        var request = Grove_V1_SetGateRequest()
        (request.gate, request.worker) = (gate, worker)
        return try bench.call(client, Method.queueSet, request)
    }

    @Test func aPausedQueueBeginsNothing() throws {
        let worker = try bench.worker()
        let first = try bench.submit(client, Bench.sample())
        let running = try #require(try bench.take(worker)).attempt
        let second = try bench.submit(client, Bench.sample())
        #expect(try set(.paused).gate == .paused)
        try bench.restart()
        _ = try bench.client()
        let back = try bench.worker()
        #expect(try bench.take(back) == nil, "also after a restart")
        let job = try bench.job(client, second)
        #expect(job.waitingCode == .paused && job.waitingReason.contains("grove resume"))
        let answer = try bench.beat(back, [running], step: 1)
        #expect(answer.stop.isEmpty && answer.yield.isEmpty, "what runs goes on")
        try bench.complete(back, running) { $0.success = .init() }
        #expect(try bench.job(client, first).state == .succeeded)
        #expect(try set(.open).gate == .open)
        #expect(try bench.take(back)?.attempt.jobID == second)
    }

    /// A worker that asked before is answered when the gate opens.
    @Test func whoWaitsAtAGateIsServedWhenItOpens() throws {
        try set(.paused)
        let worker = try bench.worker()
        try bench.submit(client, Bench.sample())
        var take = Grove_V1_TakeRequest()
        take.free = [.interactive]
        let message = Bench.request(Method.workTake, take, timeout: .seconds(20))
        #expect(try bench.send(message, from: worker).isEmpty)
        var request = Grove_V1_SetGateRequest()
        request.gate = .open
        let outgoing = try bench.send(Bench.request(Method.queueSet, request), from: client)
        #expect(outgoing.contains { $0.peer == worker && $0.assignment != nil })
    }

    @Test func aDrainedQueueTakesNoNewJobsAndWorksOffTheOld() throws {
        let id = try bench.submit(client, Bench.sample(), key: "k")
        try set(.draining)
        var request = Grove_V1_SubmitRequest()
        request.spec = Bench.sample()
        let error = try bench.refusal(client, Method.jobsSubmit, request)
        #expect(error.code == .failedPrecondition && error.message.contains("grove resume"))
        #expect(try bench.submit(client, Bench.sample(), key: "k") == id, "what was taken before is still told")
        #expect(try bench.take(bench.worker())?.attempt.jobID == id)
    }

    @Test func aDrainedWorkerGivesBackWhatItHas() throws {
        let id = try bench.submit(client, Bench.sample())
        let (old, new) = (try bench.worker(), try bench.worker(102, name: "w2", incarnation: [2]))
        let attempt = try #require(try bench.take(old)).attempt
        #expect(try set(.draining, worker: "w1").workers.map(\.worker) == ["w1"])
        #expect(try bench.beat(old, [attempt], step: 1).yield == [attempt])
        try bench.complete(old, attempt) { $0.interruption.reason = "drained" }
        #expect(try bench.take(old) == nil)
        #expect(try bench.take(new)?.attempt.jobID == id)
        let list: Grove_V1_ListWorkersResponse = try bench.call(
            client, Method.workersList, Grove_V1_ListWorkersRequest())
        #expect(list.workers.first { $0.description_p.name == "w1" }?.gate == .draining)
    }

    @Test func aPausedWorkerKeepsWhatItHas() throws {
        try bench.submit(client, Bench.sample())
        let waiting = try bench.submit(client, Bench.sample())
        let worker = try bench.worker()
        let attempt = try #require(try bench.take(worker)).attempt
        try set(.paused, worker: "w1")
        #expect(try bench.beat(worker, [attempt], step: 1).yield.isEmpty)
        #expect(try bench.take(worker) == nil)
        let job = try bench.job(client, waiting)
        #expect(job.waitingCode == .paused && job.waitingReason.contains("paused or drained"))
        try set(.open, worker: "w1")
        #expect(try bench.take(worker)?.attempt.jobID == waiting)
    }

    @Test func gatesOfNobodyAreRefused() throws {
        var request = Grove_V1_SetGateRequest()
        (request.gate, request.worker) = (.paused, "w7")
        #expect(try bench.refusal(client, Method.queueSet, request).code == .notFound)
        request.gate = .unspecified
        #expect(try bench.refusal(client, Method.queueSet, request).code == .invalidArgument)
    }

    // MARK: Why it waits

    @Test func capsAreSaid() throws {
        bench.settings.caps.eachUser = 1
        try bench.restart()
        _ = try bench.client()
        let worker = try bench.worker()
        let ids = try (0..<2).map { _ in try bench.submit(client, Bench.sample(), user: "ann") }
        #expect(try bench.take(worker)?.attempt.jobID == ids[0])
        #expect(try bench.take(worker) == nil)
        let job = try bench.job(client, ids[1])
        #expect(job.waitingCode == .cap && job.waitingReason == "one job of ann may run at a time")
    }

    @Test func positionsCountTurnsOfOthers() throws {
        _ = try bench.worker()
        let anns = try (0..<4).map { _ in try bench.submit(client, Bench.sample(), user: "ann") }
        let bobs = try (0..<2).map { _ in try bench.submit(client, Bench.sample(), user: "bob") }
        let urgent = try bench.submit(client, Bench.sample(), priority: 9, user: "cem")
        let positions = try (anns + bobs + [urgent]).map { try bench.job(client, $0).position }
        // urgent, ann, bob, ann, bob, ann, ann
        #expect(positions == [1, 3, 5, 6, 2, 4, 0])
        #expect(try bench.job(client, anns[0]).waitingReason == "one job goes first")
    }

    /// The order that positions tell is the order that comes.
    @Test func positionsComeTrue() throws {
        var ids: [String] = []
        for (user, priority) in [("ann", 5), ("ann", 5), ("bob", 5), ("cem", 7), ("bob", 2), ("ann", 5), ("dee", 5)] {
            ids.append(try bench.submit(client, Bench.sample(), priority: UInt32(priority), user: user))
        }
        let worker = try bench.worker()
        let told = try ids.sorted { try bench.job(client, $0).position < bench.job(client, $1).position }
        let came = try ids.map { _ in try #require(try bench.take(worker)).attempt.jobID }
        #expect(told == came)
    }

    @Test func estimatesComeFromWhatWasMeasured() throws {
        let worker = try bench.worker()
        let ids = try (0..<3).map { _ in try bench.submit(client, Bench.sample()) }
        #expect(try !bench.job(client, ids[2]).hasSecondsUntilStart, "nothing is known yet")
        let attempt = try #require(try bench.take(worker)).attempt
        _ = try bench.pass(.seconds(8))
        try bench.complete(worker, attempt) { $0.success = .init() }
        #expect(try bench.job(client, ids[2]).secondsUntilStart == 16)
        try bench.restart()
        _ = try bench.client()
        _ = try bench.worker()
        #expect(try bench.job(client, ids[2]).secondsUntilStart == 16, "also after a restart")
    }
}
