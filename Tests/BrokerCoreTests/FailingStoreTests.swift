import JobStore
import SwiftProtobuf
import Testing
import Transport
import Wire

@testable import BrokerCore

/// A request whose n-th statement fails leaves nothing behind, in the store or in memory, for every n and every method; and
/// sent again it succeeds.
@Suite struct FailingStoreTests {
    /// A request that changes something where its method can.
    struct Scenario: Sendable, CustomTestStringConvertible {
        let method: String
        var note = ""
        /// Sets a broker up; answers who sends what.
        let prepare: @Sendable (Bench) throws -> (PeerID, WireMessage)

        init<Request: Message>(
            _ method: String, _ note: String = "",
            _ prepare: @escaping @Sendable (Bench) throws -> (PeerID, Request)
        ) {
            (self.method, self.note) = (method, note)
            self.prepare = { bench in
                let (peer, request) = try prepare(bench)
                return (peer, Bench.request(method, request))
            }
        }

        init(_ method: String, message: @escaping @Sendable (Bench) throws -> (PeerID, WireMessage)) {
            (self.method, prepare) = (method, message)
        }

        var testDescription: String { method + (note.isEmpty ? "" : ", \(note)") }
    }

    @Test(arguments: scenarios)
    func nothingStaysOfARequestThatFails(_ scenario: Scenario) throws {
        let bench = try Bench()
        let (peer, message) = try scenario.prepare(bench)
        // A new peer would be news by itself.
        _ = try bench.send(WireMessage(.ping), from: peer)
        _ = try bench.settle()
        for count in 0..<1000 {
            let before = Self.picture(of: bench.broker.state)
            try bench.failStatement(after: count)
            let outgoing = try bench.send(message, from: peer)
            let answers = outgoing.filter { $0.message.callID == message.callID }
            guard try !bench.withdrawFault() else {
                try expectSuccess(answers)
                try expectAgreement(bench)
                return
            }
            let end = try #require(answers.last?.message)
            #expect(answers.count == 1 && end.type == .end)
            let status = try decode(Grove_V1_Status.self, from: end.envelope, what: "status")
            #expect(RPCError(status) != nil, "it succeeded although its statement \(count) failed")
            let difference = Self.picture(of: bench.broker.state).difference(from: before)
            #expect(difference.isEmpty, "after the failure of statement \(count)")
            try expectAgreement(bench)
        }
        Issue.record("a thousand statements were not enough")
    }

    @Test func everyMethodIsTried() {
        #expect(Set(Self.scenarios.map(\.method)) == Set(Method.all))
    }

    /// All of the state as lines of text.
    private static func picture(of state: BrokerState) -> [Substring] {
        var text = ""
        dump(state, to: &text)
        return text.split(separator: "\n")
    }

    private func expectSuccess(_ answers: [Outgoing]) throws {
        for answer in answers where answer.message.type == .end {
            let status = try decode(Grove_V1_Status.self, from: answer.message.envelope, what: "status")
            #expect(RPCError(status) == nil)
        }
    }

    /// Memory and disk say the same of the queue.
    private func expectAgreement(_ bench: Bench) throws {
        let (leases, queue) = try bench.stored { (try $0.leases(), try QueueState($0, now: bench.now)) }
        #expect(Set(leases.map(\.attempt)) == Set(bench.broker.state.leases.all.map(\.attempt)))
        #expect(queue.waiting == bench.broker.state.queue.waiting)
    }
}

extension FailingStoreTests {
    static let scenarios: [Scenario] = submitting + looking + working + holding

    /// A client, after a tree was made.
    private static func client(_ bench: Bench) throws -> PeerID {
        try bench.makeTree()
        return try bench.client()
    }

    /// A worker that runs a job, of which the rest of the queue has more.
    private static func running(
        _ bench: Bench, terms: Grove_V1_Terms? = nil
    ) throws -> (client: PeerID, worker: PeerID, attempt: Grove_V1_AttemptId) {
        let (client, worker) = (try client(bench), try bench.worker())
        let id = try bench.submit(client, Bench.sample(), key: "first", terms: terms)
        try bench.submit(client, Bench.sample(seed: 9), after: [id])
        let assignment = try #require(try bench.take(worker))
        return (client, worker, assignment.attempt)
    }

    private static func array(_ count: UInt32 = 3) -> Grove_V1_SubmitRequest {
        var request = Grove_V1_SubmitRequest()
        request.array.elements = (0..<count).map { index in
            var element = Grove_V1_ArrayElement()
            (element.index, element.spec) = (index, Bench.sample(seed: UInt64(index)))
            return element
        }
        return request
    }

    private static func submission(_ key: String = "") -> Grove_V1_SubmitRequest {
        var request = Grove_V1_SubmitRequest()
        (request.spec, request.idempotencyKey, request.user) = (Bench.sample(), key, "ann")
        request.terms.queueTtlMs = 60_000
        return request
    }

    private static let submitting: [Scenario] = [
        Scenario(Method.jobsSubmit, "with a worker that waits") { bench in
            let peer = try client(bench)
            var take = Grove_V1_TakeRequest()
            take.free = [.interactive]
            _ = try bench.send(Bench.request(Method.workTake, take), from: bench.worker())
            return (peer, submission("k"))
        },
        Scenario(Method.jobsSubmit, "an array") { bench in (try client(bench), array()) },
        Scenario(Method.jobsSubmitChain) { bench in
            var request = Grove_V1_SubmitChainRequest()
            for index in 0..<UInt32(2) {
                var job = Grove_V1_ChainJob()
                (job.name, job.submit) = ("job \(index)", submission())
                job.after = index == 0 ? [] : [0]
                request.jobs.append(job)
            }
            return (try client(bench), request)
        },
        Scenario(Method.jobsCancel, "a job that waits") { bench in
            let peer = try client(bench)
            var request = Grove_V1_CancelJobRequest()
            request.jobID = try bench.submit(peer, Bench.sample())
            try bench.submit(peer, Bench.sample(), after: [request.jobID])
            return (peer, request)
        },
        Scenario(Method.jobsCancel, "a job that runs") { bench in
            let (peer, _, attempt) = try running(bench)
            var request = Grove_V1_CancelJobRequest()
            request.jobID = attempt.jobID
            return (peer, request)
        },
        Scenario(Method.jobsCancel, "an array") { bench in
            let peer = try client(bench)
            var request = Grove_V1_CancelJobRequest()
            request.jobID = try bench.call(
                peer, Method.jobsSubmit, array(), as: Grove_V1_SubmitResponse.self
            ).jobID
            return (peer, request)
        },
        Scenario(Method.jobsRetry) { bench in
            let (peer, worker, attempt) = try running(bench)
            try bench.fail(worker, attempt, .invalidArgument)
            var request = Grove_V1_RetryJobRequest()
            request.jobID = attempt.jobID
            return (peer, request)
        },
    ]

    private static let looking: [Scenario] = [
        Scenario(Method.jobsGet) { bench in
            let (peer, _, attempt) = try running(bench)
            var request = Grove_V1_GetJobRequest()
            request.jobID = attempt.jobID
            return (peer, request)
        },
        Scenario(Method.jobsList) { bench in (try running(bench).client, Grove_V1_ListJobsRequest()) },
        Scenario(Method.jobsWatch) { bench in
            let (peer, _, attempt) = try running(bench)
            var request = Grove_V1_WatchJobRequest()
            request.jobID = attempt.jobID
            return (peer, request)
        },
        Scenario(Method.jobsLogs) { bench in
            let (peer, _, attempt) = try running(bench)
            var request = Grove_V1_LogsRequest()
            (request.jobID, request.follow) = (attempt.jobID, true)
            return (peer, request)
        },
        Scenario(Method.artifactsList) { bench in (try client(bench), Grove_V1_ListArtifactsRequest()) },
        Scenario(Method.artifactsGet) { bench in
            var request = Grove_V1_GetArtifactRequest()
            request.ref.name = "mnist"
            return (try client(bench), request)
        },
        Scenario(Method.blobsStat) { bench in
            var request = Grove_V1_StatBlobRequest()
            let peer = try bench.client()
            let file = try bench.upload(peer, [1, 2, 3])
            (request.sha256, request.size) = (file.sha256, file.size)
            return (peer, request)
        },
        Scenario(
            Method.blobsPut,
            message: { bench in
                let bytes: [UInt8] = [4, 5, 6]
                var request = Grove_V1_PutBlobRequest()
                (request.sha256, request.size) = (SHA256.hexDigest(of: bytes), 3)
                return (try bench.client(), Bench.request(Method.blobsPut, request, bulk: bytes))
            }),
        Scenario(Method.blobsRead) { bench in
            let peer = try bench.client()
            var request = Grove_V1_ReadBlobRequest()
            request.sha256 = try bench.upload(peer, [1, 2, 3]).sha256
            return (peer, request)
        },
        Scenario(Method.workersList) { bench in (try running(bench).client, Grove_V1_ListWorkersRequest()) },
        Scenario(Method.healthCheck) { bench in (try running(bench).client, Grove_V1_HealthCheckRequest()) },
    ]

    private static let working: [Scenario] = [
        Scenario(Method.workTake) { bench in
            let peer = try client(bench)
            try bench.submit(peer, Bench.sample(), terms: submission().terms)
            var request = Grove_V1_TakeRequest()
            request.free = [.interactive]
            return (try bench.worker(), request)
        },
        Scenario(Method.workHeartbeat) { bench in
            let (_, worker, attempt) = try running(bench)
            var report = Grove_V1_AttemptReport()
            (report.attempt, report.progress.step) = (attempt, 7)
            var request = Grove_V1_HeartbeatRequest()
            request.attempts = [report]
            return (worker, request)
        },
        Scenario(Method.workLog) { bench in
            let (_, worker, attempt) = try running(bench)
            var request = Grove_V1_LogRequest()
            (request.attempt, request.lines) = (attempt, ["a", "b"])
            return (worker, request)
        },
        Scenario(Method.workCheckpoint) { bench in
            let (_, worker, attempt) = try running(bench)
            var request = Grove_V1_CheckpointRequest()
            request.attempt = attempt
            request.checkpoint = try bench.upload(worker, [1], name: "checkpoint-1")
            request.files = [try bench.upload(worker, [2], name: "curves.csv")]
            return (worker, request)
        },
        Scenario(Method.workComplete, "success, and what comes after may begin") { bench in
            let (_, worker, attempt) = try running(bench)
            let blob = try bench.upload(worker, [3], name: "result")
            return (
                worker,
                Bench.completion(attempt) {
                    $0.success.results = [blob]
                    var artifact = Grove_V1_NewArtifact()
                    (artifact.name, artifact.kind, artifact.blob) = ("made", .dataset, blob)
                    $0.success.artifacts = [artifact]
                }
            )
        },
        Scenario(Method.workComplete, "a transient failure") { bench in
            let (_, worker, attempt) = try running(bench)
            return (worker, Bench.completion(attempt) { $0.failure = RPCError(.internal, "it went wrong").status })
        },
        Scenario(Method.workComplete, "a failure that ends the job and what depends on it") { bench in
            let (_, worker, attempt) = try running(bench)
            return (worker, Bench.completion(attempt) { $0.failure = RPCError(.dataLoss, "no").status })
        },
        Scenario(Method.workComplete, "an interruption") { bench in
            let (_, worker, attempt) = try running(bench)
            return (worker, Bench.completion(attempt) { $0.interruption.reason = "stopping" })
        },
    ]

    private static let holding: [Scenario] = [
        Scenario(Method.queueSet) { bench in
            let (peer, _, _) = try running(bench)
            var request = Grove_V1_SetGateRequest()
            (request.worker, request.gate) = ("w1", .draining)
            return (peer, request)
        },
        Scenario(Method.queueGet) { bench in (try bench.client(), Grove_V1_GetQueueRequest()) },
        Scenario(Method.adminBackup) { bench in
            var request = Grove_V1_BackupRequest()
            request.path = "nightly"
            return (try bench.client(), request)
        },
    ]
}
