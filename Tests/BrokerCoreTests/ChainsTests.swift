import Testing
import Transport
import Wire

@testable import BrokerCore

/// Jobs that are submitted together: all or none.
@Suite struct ChainsTests {
    private let bench: Bench
    private let client: PeerID

    init() throws {
        bench = try Bench()
        try bench.makeTree()
        client = try bench.client()
    }

    /// Each job after the one before it.
    private static func chain(_ names: String...) -> Grove_V1_SubmitChainRequest {
        var chain = Grove_V1_SubmitChainRequest()
        for (index, name) in names.enumerated() {
            var job = Grove_V1_ChainJob()
            job.name = name
            job.submit.spec = Bench.sample(seed: UInt64(index))
            job.submit.idempotencyKey = "key of \(name)"
            if index > 0 { job.after = [UInt32(index - 1)] }
            chain.jobs.append(job)
        }
        return chain
    }

    private func submit(_ chain: Grove_V1_SubmitChainRequest) throws -> [String] {
        try bench.call(client, Method.jobsSubmitChain, chain, as: Grove_V1_SubmitChainResponse.self).jobIds
    }

    private func refusal(_ chain: Grove_V1_SubmitChainRequest) throws -> RPCError {
        try bench.refusal(client, Method.jobsSubmitChain, chain)
    }

    private func count() throws -> Int {
        try bench.call(
            client, Method.jobsList, Grove_V1_ListJobsRequest(), as: Grove_V1_ListJobsResponse.self
        ).jobs.count
    }

    @Test func eachComesAfterTheOneBefore() throws {
        let ids = try submit(Self.chain("one", "two", "three"))
        #expect(try bench.job(client, ids[1]).after == [ids[0]] && bench.job(client, ids[2]).after == [ids[1]])
        let worker = try bench.worker()
        for id in ids {
            let attempt = try #require(try bench.take(worker)).attempt
            #expect(attempt.jobID == id)
            #expect(try bench.take(worker) == nil)
            try bench.complete(worker, attempt) { $0.success = .init() }
        }
        #expect(try bench.job(client, ids[2]).state == .succeeded)
    }

    /// A worker waits already, and the first job is over before anybody could have submitted the second by itself.
    @Test func aFirstJobThatFailsAtOnceRefusesNothing() throws {
        let worker = try bench.worker()
        var take = Grove_V1_TakeRequest()
        take.free = [.interactive]
        _ = try bench.send(Bench.request(Method.workTake, take), from: worker)
        let message = Bench.request(Method.jobsSubmitChain, Self.chain("one", "two"))
        let answers = try bench.send(message, from: client)
        let given = try #require(answers.first { $0.assignment != nil })
        let assigned = try Bench.response(given, as: Grove_V1_TakeResponse.self)
        try bench.fail(worker, assigned.assignment.attempt, .invalidArgument)
        let answer = try #require(answers.first { $0.message.callID == message.callID })
        let ids = try Bench.response(answer, as: Grove_V1_SubmitChainResponse.self).jobIds
        #expect(ids.count == 2 && ids[0] == assigned.assignment.attempt.jobID)
        let second = try bench.job(client, ids[1])
        #expect(second.state == .failed && second.failure.message.contains(ids[0]))
    }

    @Test func oneThatIsRefusedRefusesAll() throws {
        let before = try count()
        var chain = Self.chain("one", "two", "three")
        chain.jobs[2].submit.spec.sample.tree.name = "nowhere"
        let unknown = try refusal(chain)
        #expect(unknown.code == .notFound && unknown.message.hasPrefix("'three': "))
        chain = Self.chain("one", "two")
        chain.jobs[1].submit.spec.sample.count = 0
        let wrong = try refusal(chain)
        #expect(wrong.code == .invalidArgument && wrong.message.hasPrefix("'two': sample.count"))
        #expect(try count() == before)
        #expect(try bench.take(bench.worker()) == nil)
        // Nothing of them is remembered either.
        #expect(try submit(Self.chain("one", "two", "three")).count == 3)
    }

    @Test func sentAgainItIsTheSameChain() throws {
        let ids = try submit(Self.chain("one", "two"))
        let worker = try bench.worker()
        try bench.fail(worker, #require(try bench.take(worker)).attempt, .invalidArgument)
        #expect(try submit(Self.chain("one", "two")) == ids)
        var other = Self.chain("one", "two")
        other.jobs[1].after = []
        #expect(try refusal(other).code == .alreadyExists)
    }

    @Test func arraysAndOlderJobsHaveTheirPlace() throws {
        let older = try bench.submit(client, Bench.sample())
        var chain = Self.chain("array", "last")
        chain.jobs[0].submit.clearSpec()
        for index in 0..<2 {
            var element = Grove_V1_ArrayElement()
            (element.index, element.spec) = (UInt32(index), Bench.sample(seed: UInt64(index)))
            chain.jobs[0].submit.array.elements.append(element)
        }
        chain.jobs[1].submit.after = [older]
        let ids = try submit(chain)
        #expect(try bench.job(client, ids[0]).kind == "array")
        #expect(try Set(bench.job(client, ids[1]).after) == [older, ids[0]])
    }

    @Test func whatIsNoChainIsRefused() throws {
        #expect(try refusal(.init()).message.hasPrefix("jobs has 0 jobs"))
        var chain = Self.chain("one", "two")
        chain.jobs[0].after = [1]
        #expect(try refusal(chain).message.hasPrefix("jobs[0].after names the job itself or one behind it"))
        chain = Self.chain("one")
        chain.jobs = Array(repeating: chain.jobs[0], count: Limits.chainJobs + 1)
        #expect(try refusal(chain).message.contains("must be 1 to \(Limits.chainJobs)"))
    }
}
