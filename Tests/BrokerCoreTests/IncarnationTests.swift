import Testing
import Transport
import Wire

@testable import BrokerCore

/// An attempt is the business of the start of the worker that took it, and of nobody else.
@Suite struct IncarnationTests {
    private let bench: Bench
    private let client: PeerID

    init() throws {
        bench = try Bench()
        try bench.makeTree()
        client = try bench.client()
    }

    private func running() throws -> (worker: PeerID, attempt: Grove_V1_AttemptId) {
        try bench.submit(client, Bench.sample())
        let worker = try bench.worker(incarnation: [1])
        return (worker, try #require(try bench.take(worker)).attempt)
    }

    @Test func anotherWorkersReportsChangeNothing() throws {
        let (worker, attempt) = try running()
        let stranger = try bench.worker(102, name: "w1", incarnation: [2])
        var log = Grove_V1_LogRequest()
        (log.attempt, log.lines) = (attempt, ["forged"])
        #expect(try bench.refusal(stranger, Method.workLog, log).code == .aborted)
        var checkpoint = Grove_V1_CheckpointRequest()
        checkpoint.attempt = attempt
        checkpoint.checkpoint = try bench.upload(stranger, [1], name: "checkpoint-1")
        #expect(try bench.refusal(stranger, Method.workCheckpoint, checkpoint).code == .aborted)
        for change: (inout Grove_V1_CompleteRequest) -> Void in [
            { $0.success = .init() }, { $0.interruption = .init() },
            { $0.failure = RPCError(.internal, "forged").status },
        ] {
            #expect(
                try bench.refusal(stranger, Method.workComplete, Bench.completion(attempt, change)).code == .aborted)
        }
        #expect(try bench.heartbeat(stranger, [attempt]) == [attempt], "it is told to stop")
        // And renewed no lease by that.
        for _ in 0..<3 {
            _ = try bench.pass(.seconds(6))
            _ = try bench.heartbeat(stranger, [attempt])
        }
        #expect(try bench.job(client, attempt.jobID).state == .waiting)
        #expect(
            try bench.refusal(worker, Method.workComplete, Bench.completion(attempt) { $0.success = .init() }).code
                == .aborted)
    }

    @Test func nobodyIsToldTheIncarnationOfAnother() throws {
        _ = try running()
        let list: Grove_V1_ListWorkersResponse = try bench.call(
            client, Method.workersList, Grove_V1_ListWorkersRequest())
        #expect(!list.workers.isEmpty && list.workers.allSatisfy { $0.description_p.incarnation.isEmpty })
    }

    @Test func helloWithAnothersIncarnationEndsNoSession() throws {
        let (worker, attempt) = try running()
        _ = try bench.worker(102, name: "other", incarnation: [1])
        #expect(try bench.send(WireMessage(.ping), from: worker).map(\.message.type) == [.pong])
        #expect(try bench.heartbeat(worker, [attempt]).isEmpty)
        try bench.complete(worker, attempt) { $0.success = .init() }
        #expect(try bench.job(client, attempt.jobID).state == .succeeded)
    }

    /// The broker has not noticed that the old connection is gone.
    @Test func aWorkerThatComesBackIsGivenJobsOnItsNewConnection() throws {
        let old = try bench.worker(101, incarnation: [1])
        var request = Grove_V1_TakeRequest()
        request.free = [.interactive]
        let take = Bench.request(Method.workTake, request)
        #expect(try bench.send(take, from: old).isEmpty)
        let new = try bench.worker(102, incarnation: [1])
        try bench.submit(client, Bench.sample())
        let answers = try bench.send(take, from: new).filter { $0.message.callID == take.callID }
        #expect(answers.map(\.peer) == [new])
        let list: Grove_V1_ListWorkersResponse = try bench.call(
            client, Method.workersList, Grove_V1_ListWorkersRequest())
        #expect(list.workers.filter { $0.description_p.name == "w1" }.count == 1)
    }

    @Test func aWorkerThatWasRestartedHandsInWhatItKept() throws {
        let (_, attempt) = try running()
        let later = try bench.worker(102, incarnation: [3])
        #expect(
            try bench.refusal(later, Method.workComplete, Bench.completion(attempt) { $0.success = .init() }).code
                == .aborted)
        for _ in 0..<2 {
            try bench.complete(later, attempt) {
                $0.success = .init()
                $0.incarnation = .init([1])
            }
        }
        #expect(try bench.job(client, attempt.jobID).state == .succeeded)
    }

    @Test func afterARestartOfTheBrokerToo() throws {
        let (_, attempt) = try running()
        try bench.restart()
        let stranger = try bench.worker(103, name: "w1", incarnation: [9])
        #expect(try bench.heartbeat(stranger, [attempt]) == [attempt])
        let worker = try bench.worker(101, incarnation: [1])
        #expect(try bench.heartbeat(worker, [attempt]).isEmpty)
        try bench.complete(worker, attempt) { $0.success = .init() }
        #expect(try bench.job(try bench.client(), attempt.jobID).state == .succeeded)
    }
}
