import Testing
import Transport
import Wire

@testable import BrokerCore

/// What time does to jobs: leases, limits, windows, pauses.
@Suite struct TimersTests {
    private let bench: Bench
    private let client: PeerID

    init() throws {
        var settings = BrokerSettings()
        settings.localTime = LocalTime { _ in 0 }
        bench = try Bench(settings: settings)
        // 16:00 UTC.
        bench.now.wallMS = 1_764_000_000_000
        try bench.makeTree()
        client = try bench.client()
    }

    private static func terms(_ change: (inout Grove_V1_Terms) -> Void) -> Grove_V1_Terms {
        var terms = Grove_V1_Terms()
        change(&terms)
        return terms
    }

    /// Hours pass in steps that keep the client connected; what waits for a worker is looked after in each.
    private func pass(hours: Int) throws {
        for _ in 0..<(hours * 360) { _ = try bench.send(WireMessage(.ping), from: later(.seconds(10))) }
    }

    private func later(_ time: Duration) -> PeerID {
        bench.now.monotonic += time
        bench.now.wallMS += time.milliseconds
        return client
    }

    // MARK: Leases and limits

    @Test func aWorkerWhoseConnectionEndsLosesItsJobAtOnce() throws {
        let id = try bench.submit(client, Bench.sample())
        let worker = try bench.worker()
        _ = try #require(try bench.take(worker))
        // Only sending shows that a connection is gone.
        let pings = try bench.pass(.milliseconds(500))
        #expect(pings.map(\.peer) == [worker] && pings.map(\.message.type) == [.ping])
        _ = try bench.turn([.gone(peer: worker)])
        #expect(try bench.job(client, id).state == .running, "it may come back on another connection")
        _ = try bench.pass(.milliseconds(1100))
        #expect(try bench.job(client, id).state == .waiting)
    }

    @Test func aWorkerThatComesBackKeepsItsJob() throws {
        let id = try bench.submit(client, Bench.sample())
        let worker = try bench.worker()
        _ = try #require(try bench.take(worker))
        _ = try bench.turn([.gone(peer: worker)])
        _ = try bench.pass(.milliseconds(500))
        _ = try bench.worker(102)
        _ = try bench.pass(.seconds(5))
        #expect(try bench.job(client, id).state == .running)
    }

    @Test func aHungAttemptIsTakenAway() throws {
        let id = try bench.submit(client, Bench.sample(), terms: Self.terms { $0.noProgressMs = 60_000 })
        let worker = try bench.worker()
        let attempt = try #require(try bench.take(worker)).attempt
        for step in 0..<10 {
            _ = try bench.pass(.seconds(10))
            #expect(try bench.heartbeat(worker, [attempt], step: UInt64(step / 2)).isEmpty, "it goes on, slowly")
        }
        // It has been at step 4 for ten seconds.
        for _ in 0..<4 {
            _ = try bench.pass(.seconds(10))
            #expect(try bench.heartbeat(worker, [attempt], step: 4).isEmpty)
        }
        _ = try bench.pass(.seconds(10))
        #expect(try bench.heartbeat(worker, [attempt], step: 4) == [attempt])
        let job = try bench.job(try bench.client(), id)
        #expect(job.state == .waiting && job.interruptions == 1)
    }

    @Test func threeDeadWorkersQuarantineAJob() throws {
        let id = try bench.submit(client, Bench.sample())
        for round in 1...3 {
            let worker = try bench.worker()
            let attempt = try #require(try bench.take(worker)).attempt
            var log = Grove_V1_LogRequest()
            (log.attempt, log.lines) = (attempt, ["round \(round)", "about to fall"])
            let _: Grove_V1_LogResponse = try bench.call(worker, Method.workLog, log)
            _ = try bench.pass(.seconds(16))
        }
        let job = try bench.job(try bench.client(), id)
        #expect(job.state == .failed)
        #expect(job.failure.message.hasPrefix("three workers died or stood still under it, so it is not tried again"))
        #expect(job.failure.message.hasSuffix("round 3 | about to fall"))
    }

    /// Two workers died under it, and the only one left is never without other work.
    @Test func aSuspectDoesNotWaitForEver() throws {
        let id = try bench.submit(client, Bench.sample())
        for _ in 1...2 {
            _ = try #require(try bench.take(bench.worker()))
            _ = try bench.pass(.seconds(16))
        }
        let client = try bench.client()
        try bench.submit(client, Bench.sample(), priority: 9)
        let worker = try bench.worker()
        let other = try #require(try bench.take(worker)).attempt
        func goOn(_ time: Duration) throws -> [Outgoing] {
            let outgoing = try bench.pass(time)
            _ = try bench.heartbeat(worker, [other])
            return outgoing
        }
        for _ in 0..<28 { _ = try goOn(.seconds(10)) }
        #expect(try bench.take(worker) == nil)
        #expect(try bench.job(bench.client(), id).waitingCode == .alone)
        var request = Grove_V1_TakeRequest()
        request.free = [.interactive]
        let take = Bench.request(Method.workTake, request)
        #expect(try bench.send(take, from: worker).isEmpty)
        // Nobody asks again: time alone gives it out.
        let answers = try (goOn(.seconds(12)) + goOn(.seconds(12))).filter { $0.message.callID == take.callID }
        let answer = try #require(answers.first)
        #expect(try Bench.response(answer, as: Grove_V1_TakeResponse.self).assignment.attempt.jobID == id)
    }

    /// Machines are rebooted, in the nights of weeks: only deaths without a checkpoint between count.
    @Test func aJobThatGetsFurtherIsNotQuarantined() throws {
        let id = try bench.submit(client, Bench.sample())
        for _ in 1...5 {
            let worker = try bench.worker()
            var checkpoint = Grove_V1_CheckpointRequest()
            checkpoint.attempt = try #require(try bench.take(worker)).attempt
            checkpoint.checkpoint = try bench.upload(worker, [7, 7, 7], name: "state")
            let _: Grove_V1_CheckpointResponse = try bench.call(worker, Method.workCheckpoint, checkpoint)
            _ = try bench.pass(.seconds(16))
        }
        #expect(try bench.job(try bench.client(), id).state == .waiting)
    }

    @Test func computingForTooLongEndsAJob() throws {
        let id = try bench.submit(client, Bench.sample(), terms: Self.terms { $0.maxRuntimeMs = 30_000 })
        let worker = try bench.worker()
        let first = try #require(try bench.take(worker)).attempt
        _ = try bench.pass(.seconds(14))
        try bench.complete(worker, first) { $0.interruption.reason = "SIGTERM" }
        _ = try bench.pass(.seconds(100))
        // What earlier attempts took counts, the time between does not; and a restart forgets neither.
        let again = try bench.worker()
        let second = try #require(try bench.take(again)).attempt
        _ = try bench.pass(.seconds(10))
        try bench.restart()
        let back = try bench.worker()
        #expect(try bench.heartbeat(back, [second], step: 1).isEmpty)
        _ = try bench.pass(.seconds(5))
        #expect(try bench.heartbeat(back, [second], step: 2).isEmpty)
        _ = try bench.pass(.seconds(2))
        let job = try bench.job(try bench.client(), id)
        #expect(job.state == .failed && job.failure.code == StatusCode.deadlineExceeded.rawValue)
        #expect(try bench.heartbeat(back, [second], step: 3) == [second])
    }

    @Test func aJobThatNobodyBeginsExpires() throws {
        let terms = Self.terms { $0.queueTtlMs = 20_000 }
        let (late, begun) = (
            try bench.submit(client, Bench.sample(), terms: terms),
            try bench.submit(client, Bench.sample(), priority: 9, terms: terms)
        )
        let worker = try bench.worker()
        let attempt = try #require(try bench.take(worker)).attempt
        try bench.complete(worker, attempt) { $0.interruption.reason = "SIGTERM" }
        _ = try bench.pass(.seconds(21))
        let job = try bench.job(client, late)
        #expect(job.state == .expired && job.failure.message == "no worker began it in the time that it was to wait")
        #expect(try bench.job(client, begun).state == .waiting, "what was begun does not expire")
        #expect(try bench.take(worker)?.attempt.jobID == begun)
    }

    // MARK: Retries

    @Test func aFailureThatMayPassIsTriedAgain() throws {
        let id = try bench.submit(client, Bench.sample(), terms: Self.terms { $0.retries = 2 })
        let worker = try bench.worker()
        for round in 1...3 {
            let attempt = try #require(try bench.take(worker)).attempt
            #expect(attempt.attempt == UInt32(round))
            try bench.fail(worker, attempt, .resourceExhausted)
            guard round < 3 else { break }
            let waiting = try bench.job(client, id)
            #expect(waiting.state == .waiting && waiting.failures == UInt32(round))
            #expect(waiting.waitingCode == .backoff && waiting.waitsUntilMs > bench.now.wallMS)
            #expect(try bench.take(worker) == nil, "not before its pause is over")
            _ = try bench.pass(.seconds(5))
        }
        let job = try bench.job(client, id)
        #expect(job.state == .failed && job.failure.message == "it went wrong" && job.attempts == 3)
    }

    @Test(arguments: [StatusCode.invalidArgument, .aborted, .failedPrecondition, .notFound, .unimplemented])
    func aFailureThatWillNotPassEndsTheJob(_ code: StatusCode) throws {
        let id = try bench.submit(client, Bench.sample())
        let worker = try bench.worker()
        try bench.fail(worker, #require(try bench.take(worker)).attempt, code)
        #expect(try bench.job(client, id).state == .failed)
    }

    @Test func aFailedJobIsRetriedAsANewOne() throws {
        let id = try bench.submit(client, Bench.sample(seed: 5), priority: 7, user: "ann")
        let worker = try bench.worker()
        var checkpoint = Grove_V1_CheckpointRequest()
        checkpoint.attempt = try #require(try bench.take(worker)).attempt
        checkpoint.checkpoint = try bench.upload(worker, [7, 7, 7], name: "state")
        let _: Grove_V1_CheckpointResponse = try bench.call(worker, Method.workCheckpoint, checkpoint)
        var retry = Grove_V1_RetryJobRequest()
        (retry.jobID, retry.idempotencyKey) = (id, "again")
        #expect(try bench.refusal(client, Method.jobsRetry, retry).code == .failedPrecondition, "it runs")
        try bench.fail(worker, checkpoint.attempt, .invalidArgument)
        let new: Grove_V1_SubmitResponse = try bench.call(client, Method.jobsRetry, retry)
        #expect(try bench.call(client, Method.jobsRetry, retry, as: Grove_V1_SubmitResponse.self) == new)
        let job = try bench.job(client, new.jobID)
        #expect(job.retryOf == id && job.user == "ann" && job.priority == 7 && job.spec.sample.seed == 5)
        #expect(try bench.take(worker)?.checkpoint == checkpoint.checkpoint, "it goes on where the other stopped")
        #expect(try bench.job(client, id).state == .failed, "what has ended stays as it ended")
    }

    // MARK: Its hour

    @Test func aJobIsNotBegunBeforeItsTime() throws {
        let start = bench.now.wallMS + 3_600_000
        let id = try bench.submit(client, Bench.sample(), terms: Self.terms { $0.notBeforeMs = start })
        let worker = try bench.worker()
        #expect(try bench.take(worker) == nil)
        let job = try bench.job(client, id)
        #expect(job.waitingCode == .notBefore && job.waitsUntilMs == start)
        #expect(bench.broker.nextDeadline.map { $0 > bench.now.monotonic } == true, "nobody is busy meanwhile")
        try pass(hours: 1)
        #expect(try bench.take(bench.worker())?.attempt.jobID == id)
    }

    /// The submitter's clock may show anything: "in ten seconds" is for the broker to count.
    @Test func aRelativeStartIsCountedByTheBroker() throws {
        let terms = Self.terms { $0.startDelayMs = 10_000 }
        let start = bench.now.wallMS + 10_000
        let id = try bench.submit(client, Bench.sample(), key: "soon", terms: terms)
        _ = try bench.pass(.seconds(5))
        #expect(try bench.submit(client, Bench.sample(), key: "soon", terms: terms) == id, "it means the same job")
        let job = try bench.job(client, id)
        #expect(job.terms.notBeforeMs == start && job.terms.startDelayMs == 0)
        #expect(job.waitingCode == .notBefore && job.waitsUntilMs == start)
        let worker = try bench.worker()
        _ = try bench.pass(.milliseconds(4999))
        #expect(try bench.take(worker) == nil)
        _ = try bench.pass(.milliseconds(1))
        #expect(try bench.take(worker)?.attempt.jobID == id)
    }

    /// A job that is retried keeps the instant: it was counted once, from the submission.
    @Test func aRetryKeepsTheInstantOfARelativeStart() throws {
        let id = try bench.submit(client, Bench.sample(), terms: Self.terms { $0.startDelayMs = 20_000 })
        let start = bench.now.wallMS + 20_000
        var cancel = Grove_V1_CancelJobRequest()
        cancel.jobID = id
        let _: Grove_V1_Job = try bench.call(client, Method.jobsCancel, cancel)
        _ = try bench.pass(.seconds(5))
        var retry = Grove_V1_RetryJobRequest()
        retry.jobID = id
        let early: Grove_V1_SubmitResponse = try bench.call(client, Method.jobsRetry, retry)
        #expect(try bench.job(client, early.jobID).waitsUntilMs == start)
        _ = try bench.pass(.seconds(15))
        let late: Grove_V1_SubmitResponse = try bench.call(client, Method.jobsRetry, retry)
        let worker = try bench.worker()
        #expect(try bench.take(worker)?.attempt.jobID == early.jobID)
        #expect(try bench.job(client, late.jobID).waitingCode == .slots, "its time has come long ago")
    }

    /// 19:00-07:00: it begins in its window, is asked for at its end, and goes on the next night.
    @Test func theNight() throws {
        let terms = Self.terms { ($0.window.opensMinute, $0.window.closesMinute) = (19 * 60, 7 * 60) }
        let id = try bench.submit(client, Bench.sample(), terms: terms)
        #expect(try bench.take(bench.worker()) == nil)
        let waiting = try bench.job(client, id)
        #expect(waiting.waitingCode == .window && waiting.waitingReason == "its window opens at 19:00")
        try pass(hours: 3)
        let worker = try bench.worker()
        let attempt = try #require(try bench.take(worker)).attempt
        // To the last heartbeat before seven.
        for step in 0..<(12 * 360 - 1) {
            _ = try bench.pass(.seconds(10))
            let answer = try bench.beat(worker, [attempt], step: UInt64(step))
            #expect(answer.stop.isEmpty && answer.yield.isEmpty)
        }
        _ = try bench.pass(.seconds(10))
        let answer = try bench.beat(worker, [attempt], step: 100_000)
        #expect(answer.yield == [attempt] && answer.stop.isEmpty)
        try bench.complete(worker, attempt) { $0.interruption.reason = "its window has closed" }
        let resting = try bench.job(try bench.client(), id)
        #expect(resting.state == .waiting && resting.waitingCode == .window)
        #expect(try bench.take(worker) == nil)
        try pass(hours: 12)
        #expect(try bench.take(bench.worker())?.attempt.attempt == 2)
    }

    /// It was in its lane, but no worker came before the window closed.
    @Test func aWindowThatClosesPutsAJobOff() throws {
        let terms = Self.terms { ($0.window.opensMinute, $0.window.closesMinute) = (15 * 60, 17 * 60) }
        let id = try bench.submit(client, Bench.sample(), terms: terms)
        #expect(try bench.job(client, id).waitingCode == .worker)
        try pass(hours: 1)
        #expect(try bench.take(bench.worker()) == nil)
        #expect(try bench.job(client, id).waitingCode == .window)
    }

    @Test func termsThatCannotBeKeptAreRefused() throws {
        let bad: [(Grove_V1_Terms, String)] = [
            (Self.terms { ($0.window.opensMinute, $0.window.closesMinute) = (60, 60) }, "never opens"),
            (Self.terms { $0.window.opensMinute = 1440 }, "0 to 1439"),
            (Self.terms { $0.notBeforeMs = -1 }, "since 1970"),
            (Self.terms { $0.maxRuntimeMs = .max }, "ten years"),
            (Self.terms { $0.startDelayMs = .max }, "ten years"),
            (Self.terms { ($0.startDelayMs, $0.notBeforeMs) = (1, bench.now.wallMS) }, "give one of the two"),
            (Self.terms { ($0.startDelayMs, $0.queueTtlMs) = (60_000, 60_000) }, "expire before it may begin"),
            (Self.terms { $0.retries = 101 }, "0 to 100"),
            (
                Self.terms {
                    $0.notBeforeMs = bench.now.wallMS + 60_000
                    $0.queueTtlMs = 60_000
                }, "expire before it may begin"
            ),
            (
                Self.terms {
                    ($0.window.opensMinute, $0.window.closesMinute) = (19 * 60, 7 * 60)
                    $0.queueTtlMs = 3_600_000
                }, "expire before it may begin"
            ),
        ]
        for (terms, complaint) in bad {
            var request = Grove_V1_SubmitRequest()
            (request.spec, request.terms) = (Bench.sample(), terms)
            let error = try bench.refusal(client, Method.jobsSubmit, request)
            #expect(error.code == .invalidArgument && error.message.contains(complaint), "\(error.message)")
        }
    }
}
