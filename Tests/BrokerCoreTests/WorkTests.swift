import Testing
import Transport
import Wire

@testable import BrokerCore

/// The way of a job through the hands of workers: leases, fences, cancellation, restarts.
@Suite struct WorkTests {
    private let bench: Bench
    private let client: PeerID

    init() throws {
        bench = try Bench()
        try bench.makeTree()
        client = try bench.client()
    }

    private func complete(_ worker: PeerID, _ request: Grove_V1_CompleteRequest) throws -> Grove_V1_CompleteResponse {
        try bench.call(worker, Method.workComplete, request)
    }

    private func fail(_ attempt: Grove_V1_AttemptId, _ code: StatusCode) -> Grove_V1_CompleteRequest {
        Bench.completion(attempt) { $0.failure = RPCError(code, "it went wrong").status }
    }

    @Test func fromSubmitToSuccess() throws {
        let id = try bench.submit(client, Bench.sample(count: 1))
        let worker = try bench.worker()
        let assignment = try #require(try bench.take(worker))
        #expect(assignment.attempt.jobID == id && assignment.attempt.attempt == 1)
        #expect(assignment.slot == .interactive && assignment.leaseMs == 15_000)
        #expect(assignment.spec.sample.count == 1 && !assignment.hasCheckpoint)
        #expect(try bench.job(client, id).state == .running)
        #expect(try bench.heartbeat(worker, [assignment.attempt], step: 3) == [])
        #expect(try bench.job(client, id).progress.step == 3)
        let file = try bench.upload(worker, [1, 2, 3], name: "0.png")
        _ = try complete(worker, Bench.completion(assignment.attempt) { $0.success.results = [file] })
        let job = try bench.job(client, id)
        #expect(job.state == .succeeded && job.results == [file] && job.worker == "w1" && job.attempts == 1)
    }

    @Test func aTakeWaitsForAJob() throws {
        let worker = try bench.worker()
        var take = Grove_V1_TakeRequest()
        take.free = [.interactive, .training]
        let message = Bench.request(Method.workTake, take, timeout: .seconds(20))
        #expect(try bench.send(message, from: worker).isEmpty)
        var submit = Grove_V1_SubmitRequest()
        submit.spec = Bench.sample()
        let outgoing = try bench.send(Bench.request(Method.jobsSubmit, submit), from: client)
        let answer = try #require(outgoing.first { $0.message.callID == message.callID })
        #expect(answer.peer == worker)
        #expect(try Bench.response(answer, as: Grove_V1_TakeResponse.self).hasAssignment)
    }

    @Test func aTakeIsAnsweredBeforeItsCallerGivesUp() throws {
        let worker = try bench.worker()
        var take = Grove_V1_TakeRequest()
        take.free = [.interactive]
        _ = try bench.send(Bench.request(Method.workTake, take, timeout: .seconds(20)), from: worker)
        #expect(try bench.pass(.seconds(18.9)).isEmpty)
        let answer = try #require(try bench.pass(.seconds(0.2)).first)
        #expect(try !Bench.response(answer, as: Grove_V1_TakeResponse.self).hasAssignment)
    }

    @Test func priorityThenAgeAndSlotsOfTheirOwn() throws {
        let low = try bench.submit(client, Bench.sample(), priority: 0)
        let normal = try bench.submit(client, Bench.sample())
        let high = try bench.submit(client, Bench.sample(), priority: 9)
        #expect(try bench.job(client, low).position == 2)
        let worker = try bench.worker()
        #expect(try bench.job(client, low).waitingReason == "2 jobs go first")
        #expect(try bench.take(worker, [.training]) == nil)
        #expect(try (0..<3).map { _ in try bench.take(worker)?.attempt.jobID } == [high, normal, low])
    }

    @Test func aSilentWorkerLosesItsJob() throws {
        let id = try bench.submit(client, Bench.sample())
        let slow = try bench.worker(101, name: "slow", incarnation: [1])
        let first = try #require(try bench.take(slow))
        _ = try bench.pass(.seconds(14))
        #expect(try bench.heartbeat(slow, [first.attempt]).isEmpty)
        _ = try bench.pass(.seconds(14))
        #expect(try bench.job(client, id).state == .running)
        _ = try bench.pass(.seconds(2))
        let waiting = try bench.job(client, id)
        #expect(waiting.state == .waiting && waiting.interruptions == 1)
        // Another one gets it; the first is told to stop, and what it brings is refused.
        let fast = try bench.worker(102, name: "fast", incarnation: [2])
        let second = try #require(try bench.take(fast))
        #expect(second.attempt.attempt == 2)
        #expect(try bench.heartbeat(slow, [first.attempt]) == [first.attempt])
        let late = try bench.refusal(slow, Method.workComplete, fail(first.attempt, .internal))
        #expect(late.code == .aborted && late.message.contains("drop it"))
        var log = Grove_V1_LogRequest()
        log.attempt = first.attempt
        #expect(try bench.refusal(slow, Method.workLog, log).code == .aborted)
        #expect(try bench.heartbeat(fast, [second.attempt]).isEmpty)
        #expect(try bench.job(client, id).worker == "fast")
    }

    @Test func cancellingARunningJob() throws {
        let id = try bench.submit(client, Bench.sample())
        let worker = try bench.worker()
        let attempt = try #require(try bench.take(worker)).attempt
        var cancel = Grove_V1_CancelJobRequest()
        cancel.jobID = id
        let job: Grove_V1_Job = try bench.call(client, Method.jobsCancel, cancel)
        #expect(job.state == .running)
        #expect(try bench.heartbeat(worker, [attempt]) == [attempt])
        _ = try complete(worker, fail(attempt, .cancelled))
        #expect(try bench.job(client, id).state == .cancelled)
    }

    @Test func onlyWhoAskedIsCancelled() throws {
        let id = try bench.submit(client, Bench.sample())
        let worker = try bench.worker()
        let attempt = try #require(try bench.take(worker)).attempt
        _ = try complete(worker, fail(attempt, .cancelled))
        #expect(try bench.job(client, id).state == .failed)
    }

    @Test func anInterruptionIsFree() throws {
        let id = try bench.submit(client, Bench.sample())
        let worker = try bench.worker()
        let attempt = try #require(try bench.take(worker)).attempt
        var checkpoint = Grove_V1_CheckpointRequest()
        checkpoint.attempt = attempt
        (checkpoint.checkpoint.name, checkpoint.checkpoint.size) = ("state", 3)
        checkpoint.checkpoint.sha256 = SHA256.hexDigest(of: [7, 7, 7])
        #expect(try bench.refusal(worker, Method.workCheckpoint, checkpoint).code == .failedPrecondition)
        checkpoint.checkpoint = try bench.upload(worker, [7, 7, 7], name: "state")
        let _: Grove_V1_CheckpointResponse = try bench.call(worker, Method.workCheckpoint, checkpoint)
        _ = try complete(worker, Bench.completion(attempt) { $0.interruption.reason = "SIGTERM" })
        #expect(try bench.job(client, id).state == .waiting)
        let again = try #require(try bench.take(worker))
        #expect(again.checkpoint == checkpoint.checkpoint && again.attempt.attempt == 2)
    }

    @Test func anOutcomeSentTwiceIsAnsweredTwice() throws {
        try bench.submit(client, Bench.sample())
        let worker = try bench.worker()
        let attempt = try #require(try bench.take(worker)).attempt
        let request = Bench.completion(attempt) { $0.success = .init() }
        #expect(try complete(worker, request) == complete(worker, request))
        #expect(try bench.refusal(worker, Method.workComplete, fail(attempt, .internal)).code == .aborted)
    }

    @Test func resultsMustBeUploaded() throws {
        let id = try bench.submit(client, Bench.sample())
        let worker = try bench.worker()
        let attempt = try #require(try bench.take(worker)).attempt
        var file = Grove_V1_FileRef()
        (file.name, file.sha256, file.size) = ("0.png", SHA256.hexDigest(of: [9]), 1)
        let request = Bench.completion(attempt) { $0.success.results = [file] }
        #expect(try bench.refusal(worker, Method.workComplete, request).code == .failedPrecondition)
        #expect(try bench.job(client, id).state == .running, "it can be sent again")
        _ = try bench.upload(worker, [9])
        _ = try complete(worker, request)
        #expect(try bench.job(client, id).state == .succeeded)
    }

    @Test func badOutcomesChangeNothing() throws {
        let id = try bench.submit(client, Bench.sample())
        let worker = try bench.worker()
        let attempt = try #require(try bench.take(worker)).attempt
        let blob = try bench.upload(worker, [9])
        let requests = [
            Bench.completion(attempt) { _ in }, Bench.completion(attempt) { $0.failure = Grove_V1_Status() },
            Bench.completion(attempt) { request in
                var (good, bad) = (Grove_V1_NewArtifact(), Grove_V1_NewArtifact())
                (good.name, good.kind, good.blob) = ("good", .tree, blob)
                (bad.name, bad.kind, bad.blob) = ("NOT A NAME", .tree, blob)
                request.success.artifacts = [good, bad]
            },
        ]
        for request in requests {
            #expect(try bench.refusal(worker, Method.workComplete, request).code == .invalidArgument)
        }
        #expect(try bench.job(client, id).state == .running)
        let list: Grove_V1_ListArtifactsResponse = try bench.call(
            client, Method.artifactsList, Grove_V1_ListArtifactsRequest())
        #expect(list.artifacts.map(\.ref.name) == ["mnist"], "the good one was taken back with the bad one")
    }

    /// The answer to `Take` was lost with the connection: the worker comes back and asks again under the same id.
    @Test func aTakeThatIsRepeatedGetsTheSameJob() throws {
        try bench.submit(client, Bench.sample())
        try bench.submit(client, Bench.sample())
        var take = Grove_V1_TakeRequest()
        take.free = [.interactive]
        let message = Bench.request(Method.workTake, take)
        let before = try #require(try bench.send(message, from: bench.worker(101)).first)
        let after = try #require(try bench.send(message, from: bench.worker(102)).first)
        let first = try Bench.response(before, as: Grove_V1_TakeResponse.self)
        #expect(try Bench.response(after, as: Grove_V1_TakeResponse.self) == first)
        #expect(after.peer == PeerID(102))
    }

    /// A call parked on the old connection must not swallow a job.
    @Test func aReconnectedWorkerLeavesItsOldConnection() throws {
        var take = Grove_V1_TakeRequest()
        take.free = [.interactive]
        let message = Bench.request(Method.workTake, take)
        _ = try bench.send(message, from: bench.worker(101))
        _ = try bench.send(message, from: bench.worker(102))
        var submit = Grove_V1_SubmitRequest()
        submit.spec = Bench.sample()
        let outgoing = try bench.send(Bench.request(Method.jobsSubmit, submit), from: client)
        #expect(outgoing.filter { $0.assignment != nil }.map(\.peer) == [PeerID(102)])
    }

    @Test func aJobThatCannotBeDeliveredWaitsAgain() throws {
        let id = try bench.submit(client, Bench.sample())
        var take = Grove_V1_TakeRequest()
        take.free = [.interactive]
        let answer = try #require(try bench.send(Bench.request(Method.workTake, take), from: bench.worker()).first)
        let attempt = try #require(answer.assignment)
        _ = try bench.turn([.undelivered(attempt), .gone(peer: answer.peer)])
        let job = try bench.job(client, id)
        #expect(job.state == .waiting && job.interruptions == 0)
    }

    @Test func aRestartedBrokerAdoptsWhatRuns() throws {
        let running = try bench.submit(client, Bench.sample())
        let worker = try bench.worker()
        let attempt = try #require(try bench.take(worker)).attempt
        let waiting = try bench.submit(client, Bench.sample())
        // Longer than a lease.
        bench.now.monotonic += .seconds(60)
        try bench.restart()
        #expect(try bench.send(WireMessage(.ping), from: worker).map(\.message.type) == [.error])
        try bench.client()
        #expect(try bench.job(client, running).state == .running)
        #expect(try bench.job(client, waiting).state == .waiting)
        _ = try bench.pass(.seconds(14))
        let again = try bench.worker(103)
        #expect(try bench.heartbeat(again, [attempt], step: 9).isEmpty)
        _ = try bench.pass(.seconds(14))
        #expect(try bench.job(client, running).progress.step == 9)
        _ = try complete(again, Bench.completion(attempt) { $0.success = .init() })
        #expect(try bench.job(client, running).state == .succeeded)
    }

    @Test func aWorkerThatDiedWithTheBrokerLosesItsJob() throws {
        let id = try bench.submit(client, Bench.sample())
        _ = try #require(try bench.take(bench.worker()))
        try bench.restart()
        _ = try bench.pass(.seconds(14.9))
        try bench.client()
        #expect(try bench.job(client, id).state == .running)
        _ = try bench.pass(.seconds(0.2))
        #expect(try bench.job(client, id).state == .waiting)
    }

    /// It looks for a lost broker only now and then, and its first try may be cut short.
    @Test func afterARestartAWorkerHasTimeToComeBack() throws {
        bench.settings.lease = .seconds(1)
        let id = try bench.submit(client, Bench.sample())
        _ = try #require(try bench.take(bench.worker()))
        try bench.restart()
        let back = try bench.worker(102)
        _ = try bench.turn([.gone(peer: back)])
        _ = try bench.pass(.seconds(14))
        try bench.client()
        #expect(try bench.job(client, id).state == .running)
    }

    @Test func whatTheBrokerWasHeldUpIsNobodysSilence() throws {
        let id = try bench.submit(client, Bench.sample())
        let worker = try bench.worker()
        _ = try #require(try bench.take(worker))
        bench.now.monotonic += .seconds(100)
        // What everybody sent meanwhile has not been read yet.
        _ = try bench.turn([.heldUp(.seconds(100))])
        #expect(try bench.job(client, id).state == .running)
        _ = try bench.pass(bench.settings.lease)
        #expect(try bench.job(client, id).state == .waiting)
    }

    /// They thought it dead, closed, and look for it only now and then.
    @Test func afterALongStandstillWorkersHaveTimeToComeBack() throws {
        var settings = BrokerSettings()
        settings.lease = .seconds(2)
        let bench = try Bench(settings: settings)
        try bench.makeTree()
        let id = try bench.submit(bench.client(), Bench.sample())
        let worker = try bench.worker()
        let attempt = try #require(try bench.take(worker)).attempt
        bench.now.monotonic += .seconds(100)
        _ = try bench.turn([.heldUp(.seconds(100))])
        // Sent before it gave up, and read only now.
        #expect(try bench.heartbeat(worker, [attempt], step: 1).isEmpty)
        _ = try bench.turn([.gone(peer: worker)])
        _ = try bench.pass(.seconds(14))
        #expect(try bench.job(bench.client(), id).state == .running)
        _ = try bench.pass(.seconds(1))
        #expect(try bench.job(bench.client(), id).state == .waiting)
    }

    @Test func aShortStandstillDoesNotHideADeadWorker() throws {
        let id = try bench.submit(client, Bench.sample())
        let worker = try bench.worker()
        _ = try #require(try bench.take(worker))
        _ = try bench.turn([.heldUp(.seconds(9)), .gone(peer: worker)])
        _ = try bench.pass(bench.settings.reconnectGrace)
        #expect(try bench.job(client, id).state == .waiting)
    }

    @Test func hugeReportsAreCutNotKept() throws {
        let id = try bench.submit(client, Bench.sample())
        let worker = try bench.worker()
        let attempt = try #require(try bench.take(worker)).attempt
        var request = Grove_V1_HeartbeatRequest()
        var report = Grove_V1_AttemptReport()
        report.attempt = attempt
        report.progress.step = 5
        report.progress.stage = String(repeating: "é\u{1B}", count: 5000)
        for index in 0..<2000 { report.progress.metrics["metric \(index)"] = 1 }
        request.attempts = [report]
        let _: Grove_V1_HeartbeatResponse = try bench.call(worker, Method.workHeartbeat, request)
        let progress = try bench.job(client, id).progress
        #expect(progress.step == 5 && progress.metrics.isEmpty)
        #expect(progress.stage.utf8.count <= Limits.nameBytes && !progress.stage.contains("\u{1B}"))
    }
}
