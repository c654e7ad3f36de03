import Testing
import Transport
import Wire

@testable import BrokerCore

/// Several jobs as one.
@Suite struct ArraysTests {
    private let bench: Bench
    private let client: PeerID

    init() throws {
        bench = try Bench()
        try bench.makeTree()
        client = try bench.client()
    }

    private static func request(_ count: UInt32, limit: UInt32 = 0, key: String = "") -> Grove_V1_SubmitRequest {
        var request = Grove_V1_SubmitRequest()
        request.idempotencyKey = key
        request.array.atMostRunning = limit
        for index in 0..<count {
            var element = Grove_V1_ArrayElement()
            (element.index, element.spec) = (index, Bench.sample(seed: UInt64(index)))
            request.array.elements.append(element)
        }
        return request
    }

    private func submit(_ request: Grove_V1_SubmitRequest) throws -> String {
        try bench.call(client, Method.jobsSubmit, request, as: Grove_V1_SubmitResponse.self).jobID
    }

    private func list(_ array: String = "") throws -> [Grove_V1_Job] {
        var request = Grove_V1_ListJobsRequest()
        request.arrayJobID = array
        return try bench.call(client, Method.jobsList, request, as: Grove_V1_ListJobsResponse.self).jobs
    }

    @Test func anArrayIsOneJob() throws {
        let id = try submit(Self.request(5, key: "k"))
        #expect(try submit(Self.request(5, key: "k")) == id)
        let array = try bench.job(client, id)
        #expect(array.kind == "array" && array.state == .waiting && array.waitingCode == .array)
        #expect(array.array.jobs == 5 && array.array.waiting == 5)
        #expect(try list().filter { $0.kind == "sample" }.isEmpty, "its jobs do not flood the list")
        let jobs = try list(id)
        #expect(jobs.map(\.arrayIndex) == [4, 3, 2, 1, 0] && jobs.allSatisfy { $0.arrayJobID == id })
        #expect(jobs.map(\.spec.sample.seed) == [4, 3, 2, 1, 0])
        let worker = try bench.worker()
        for index in 0..<5 {
            let assignment = try #require(try bench.take(worker))
            #expect(assignment.spec.sample.seed == UInt64(index))
            try bench.complete(worker, assignment.attempt) { $0.success = .init() }
        }
        #expect(try bench.job(client, id).state == .succeeded)
    }

    @Test func theLimitHolds() throws {
        let id = try submit(Self.request(5, limit: 2))
        try bench.restart()
        _ = try bench.client()
        let worker = try bench.worker()
        let first = try #require(try bench.take(worker)).attempt
        _ = try #require(try bench.take(worker))
        #expect(try bench.take(worker) == nil)
        let waiting = try #require(try list(id).first { $0.state == .waiting })
        #expect(waiting.waitingCode == .cap && waiting.waitingReason == "2 jobs of its array may run at a time")
        #expect(try bench.job(client, id).waitingReason == "0 of 5 jobs have ended, 2 run")
        try bench.complete(worker, first) { $0.success = .init() }
        #expect(try bench.take(worker) != nil)
        #expect(try bench.take(worker) == nil)
    }

    @Test func oneThatFailsFailsTheArray() throws {
        let id = try submit(Self.request(3))
        let worker = try bench.worker()
        try bench.fail(worker, #require(try bench.take(worker)).attempt, .invalidArgument)
        for _ in 0..<2 {
            #expect(try bench.job(client, id).state == .waiting)
            try bench.complete(worker, #require(try bench.take(worker)).attempt) { $0.success = .init() }
        }
        let array = try bench.job(client, id)
        #expect(array.state == .failed && array.failure.message.hasPrefix("1 of 3 jobs did not succeed"))
        #expect(array.array.succeeded == 2 && array.array.failed == 1)
    }

    @Test func thoseThatFailedAreRetriedAsANewArray() throws {
        let id = try submit(Self.request(4, limit: 1))
        let worker = try bench.worker()
        var retry = Grove_V1_RetryJobRequest()
        (retry.jobID, retry.idempotencyKey) = (id, "again")
        #expect(try bench.refusal(client, Method.jobsRetry, retry).code == .failedPrecondition)
        for index in 0..<4 {
            let attempt = try #require(try bench.take(worker)).attempt
            if index % 2 == 0 {
                try bench.complete(worker, attempt) { $0.success = .init() }
            } else {
                try bench.fail(worker, attempt, .invalidArgument)
            }
        }
        func again() throws -> String {
            try bench.call(client, Method.jobsRetry, retry, as: Grove_V1_SubmitResponse.self).jobID
        }
        let new = try again()
        #expect(try again() == new)
        let array = try bench.job(client, new)
        #expect(array.kind == "array" && array.retryOf == id && array.array.jobs == 2 && array.array.atMostRunning == 1)
        #expect(try list(new).map(\.arrayIndex) == [3, 1])
        for index in [1, 3] as [UInt64] {
            let assignment = try #require(try bench.take(worker))
            #expect(assignment.spec.sample.seed == index)
            #expect(try bench.take(worker) == nil)
            try bench.complete(worker, assignment.attempt) { $0.success = .init() }
        }
        #expect(try bench.job(client, new).state == .succeeded)
        #expect(try bench.job(client, id).state == .failed, "the old one stays as it ended")
    }

    @Test func whatComesAfterWaitsForAll() throws {
        let id = try submit(Self.request(2))
        let after = try bench.submit(client, Bench.sample(), priority: 9, after: [id])
        let worker = try bench.worker()
        for _ in 0..<2 {
            let attempt = try #require(try bench.take(worker)).attempt
            #expect(attempt.jobID != after)
            try bench.complete(worker, attempt) { $0.success = .init() }
        }
        #expect(try bench.take(worker)?.attempt.jobID == after)
    }

    @Test func cancellingEndsAll() throws {
        let id = try submit(Self.request(4))
        let worker = try bench.worker()
        let attempt = try #require(try bench.take(worker)).attempt
        var cancel = Grove_V1_CancelJobRequest()
        cancel.jobID = id
        #expect(try bench.call(client, Method.jobsCancel, cancel, as: Grove_V1_Job.self).state == .waiting)
        #expect(try bench.take(worker) == nil)
        #expect(try bench.heartbeat(worker, [attempt]) == [attempt])
        try bench.fail(worker, attempt, .cancelled)
        let array = try bench.job(client, id)
        #expect(array.state == .cancelled && array.array.cancelled == 4)
    }

    @Test func aBadElementRefusesTheWhole() throws {
        var request = Self.request(3)
        request.array.elements[2].spec.sample.tree.name = "nowhere"
        #expect(try bench.refusal(client, Method.jobsSubmit, request).code == .notFound)
        #expect(try list().filter { $0.kind == "array" }.isEmpty)
        #expect(try bench.take(bench.worker()) == nil)
        request = Self.request(3)
        request.array.elements[2].index = 0
        #expect(try bench.refusal(client, Method.jobsSubmit, request).message.contains("same index twice"))
        request = Self.request(3)
        request.spec = Bench.sample()
        #expect(try bench.refusal(client, Method.jobsSubmit, request).message.contains("both given"))
        request = Self.request(0)
        #expect(try bench.refusal(client, Method.jobsSubmit, request).code == .invalidArgument)
    }
}
