import Testing
import Transport
import Wire

@testable import BrokerCore

/// What a training leaves on its way: checkpoints to go on from, and files to look at.
@Suite struct CheckpointTests {
    private let bench: Bench
    private let client: PeerID
    private let worker: PeerID

    init() throws {
        bench = try Bench()
        for name in ["digits", "letters"] {
            _ = try bench.makeArtifact(.dataset, name, content: "images of \(name)")
        }
        client = try bench.client()
        worker = try bench.worker()
    }

    private func training(_ dataset: String = "digits", resume: String? = nil, which: String = "") -> Grove_V1_JobSpec {
        var spec = Grove_V1_JobSpec()
        spec.trainTree.name = "oak"
        spec.trainTree.dataset.name = dataset
        if let resume { (spec.trainTree.resume.jobID, spec.trainTree.resume.which) = (resume, which) }
        return spec
    }

    private func save(
        _ attempt: Grove_V1_AttemptId, _ number: UInt8, best: Bool = false, files: [Grove_V1_FileRef] = []
    ) throws {
        var request = Grove_V1_CheckpointRequest()
        request.attempt = attempt
        request.checkpoint = try bench.upload(worker, [number], name: "checkpoint-\(number)")
        request.best = best
        request.files = files
        let _: Grove_V1_CheckpointResponse = try bench.call(worker, Method.workCheckpoint, request)
    }

    private func fail(_ attempt: Grove_V1_AttemptId) throws {
        let request = Bench.completion(attempt) {
            ($0.failure.code, $0.failure.message) = (UInt32(StatusCode.failedPrecondition.rawValue), "not a number")
        }
        let _: Grove_V1_CompleteResponse = try bench.call(worker, Method.workComplete, request)
    }

    @Test func aRunningTrainingShowsWhatItHas() throws {
        let id = try bench.submit(client, training())
        let attempt = try #require(try bench.take(worker, [.training])).attempt
        try save(attempt, 1, best: true, files: [bench.upload(worker, [10], name: "metrics.jsonl")])
        try save(attempt, 2, files: [bench.upload(worker, [11], name: "metrics.jsonl")])
        try save(attempt, 3)
        let running = try bench.job(client, id)
        #expect(running.results.map(\.sha256) == [SHA256.hexDigest(of: [11])])
        #expect(running.checkpoints.newest.name == "checkpoint-3")
        #expect(running.checkpoints.previous.name == "checkpoint-2")
        #expect(running.checkpoints.best.name == "checkpoint-1")
        try fail(attempt)
        let failed = try bench.job(client, id)
        #expect(failed.state == .failed && failed.results == running.results)
        #expect(failed.checkpoints == running.checkpoints)
    }

    @Test func anotherJobGoesOnFromACheckpoint() throws {
        let id = try bench.submit(client, training())
        let attempt = try #require(try bench.take(worker, [.training])).attempt
        try save(attempt, 1, best: true)
        try save(attempt, 2)
        let early = try bench.refusal(client, Method.jobsSubmit, request(training(resume: id)))
        #expect(early.code == .failedPrecondition && early.message.contains("has not ended"))
        try fail(attempt)
        for (which, number) in [("", 2), ("previous", 1), ("best", 1)] {
            try bench.submit(client, training(resume: id, which: which))
            let next = try #require(try bench.take(worker, [.training]))
            #expect(next.checkpoint.name == "checkpoint-\(number)" && next.attempt.attempt == 1)
            try fail(next.attempt)
        }
    }

    @Test func whatCannotGoOnIsRefused() throws {
        let id = try bench.submit(client, training())
        let attempt = try #require(try bench.take(worker, [.training])).attempt
        try fail(attempt)
        let none = try bench.refusal(client, Method.jobsSubmit, request(training(resume: id)))
        #expect(none.code == .failedPrecondition && none.message.contains("no checkpoint"))
        let other = try bench.refusal(client, Method.jobsSubmit, request(training("letters", resume: id)))
        #expect(other.message.contains("other data"))
        let word = try bench.refusal(client, Method.jobsSubmit, request(training(resume: id, which: "last")))
        #expect(word.code == .invalidArgument && word.message.contains("newest or previous or best"))
        let unknown = try bench.refusal(client, Method.jobsSubmit, request(training(resume: "01kqzv7n2m8d4x")))
        #expect(unknown.code == .notFound)
    }

    @Test func aCheckpointOfNothingIsRefused() throws {
        try bench.submit(client, training())
        var empty = Grove_V1_CheckpointRequest()
        empty.attempt = try #require(try bench.take(worker, [.training])).attempt
        #expect(try bench.refusal(worker, Method.workCheckpoint, empty).code == .invalidArgument)
        empty.files = [.init()]
        (empty.files[0].name, empty.files[0].sha256, empty.files[0].size) = ("f", SHA256.hexDigest(of: [99]), 1)
        #expect(try bench.refusal(worker, Method.workCheckpoint, empty).code == .failedPrecondition)
    }

    private func request(_ spec: Grove_V1_JobSpec) -> Grove_V1_SubmitRequest {
        var request = Grove_V1_SubmitRequest()
        request.spec = spec
        return request
    }
}
