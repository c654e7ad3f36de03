import Testing
import Transport
import Wire

@testable import BrokerCore

/// Submitting, looking and cancelling.
@Suite struct JobsTests {
    private let bench: Bench
    private let client: PeerID

    init() throws {
        bench = try Bench()
        client = try bench.client()
    }

    @Test func aJobIsKept() throws {
        let tree = try bench.makeTree()
        let id = try bench.submit(client, Bench.sample(seed: 7))
        let job = try bench.job(client, id)
        #expect(job.state == .waiting && job.kind == "sample" && job.priority == 5)
        #expect(job.submittedMs == bench.now.wallMS)
        #expect(job.spec.sample.seed == 7)
        #expect(job.spec.sample.tree == tree, "the name means these bytes from now on")
        #expect(job.waitingReason == "no worker with a slot for interactive jobs is connected")
    }

    @Test func theSameKeyGivesTheSameJob() throws {
        try bench.makeTree()
        let id = try bench.submit(client, Bench.sample(), key: "k")
        #expect(try bench.submit(client, Bench.sample(), key: "k") == id)
        // A newer version of the tree does not make it another request.
        try bench.makeTree()
        #expect(try bench.submit(client, Bench.sample(), key: "k") == id)
        var other = Grove_V1_SubmitRequest()
        other.spec = Bench.sample(count: 5)
        other.idempotencyKey = "k"
        let error = try bench.refusal(client, Method.jobsSubmit, other)
        #expect(error.code == .alreadyExists && error.message.contains(id))
        #expect(try bench.submit(client, Bench.sample(), key: "l") != id)
        try bench.restart()
        try bench.client()
        #expect(try bench.submit(client, Bench.sample(), key: "k") == id, "also after a restart")
    }

    @Test func idsSortByAge() throws {
        try bench.makeTree()
        let ids = try (0..<20).map { _ in try bench.submit(client, Bench.sample()) }
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == 20)
    }

    @Test func unknownJobsAreNotFound() throws {
        var get = Grove_V1_GetJobRequest()
        get.jobID = "01kqzv7n2m8d4x"
        for method in [Method.jobsGet, Method.jobsCancel, Method.jobsWatch, Method.jobsLogs] {
            #expect(try bench.refusal(client, method, get).code == .notFound)
        }
        get.jobID = "'; DROP TABLE job; --"
        for method in [Method.jobsGet, Method.jobsCancel, Method.jobsWatch, Method.jobsLogs] {
            #expect(try bench.refusal(client, method, get).code == .invalidArgument)
        }
    }

    @Test func unknownArtifactsSayWhatThereIs() throws {
        var request = Grove_V1_SubmitRequest()
        request.spec = Bench.sample("mnst")
        let nothing = try bench.refusal(client, Method.jobsSubmit, request)
        #expect(nothing.code == .notFound && nothing.message.contains("import one or train one first"))
        try bench.makeTree("mnist")
        try bench.makeTree("fashion")
        let error = try bench.refusal(client, Method.jobsSubmit, request)
        #expect(error.message == "there is no tree 'mnst'; did you mean 'mnist'? there is fashion, mnist")
        request.spec = Bench.sample("mnist")
        request.spec.sample.tree.version = 9
        #expect(try bench.refusal(client, Method.jobsSubmit, request).message.contains("its newest is 1"))
        request.spec.sample.tree.version = 1
        request.spec.sample.tree.sha256 = String(repeating: "0", count: 64)
        #expect(try bench.refusal(client, Method.jobsSubmit, request).code == .failedPrecondition)
    }

    @Test func leavesMustExist() throws {
        try bench.makeTree()
        var spec = Bench.sample()
        (spec.sample.leaves, spec.sample.leaf) = (.one, 9)
        try bench.submit(client, spec)
        spec.sample.leaf = 10
        var request = Grove_V1_SubmitRequest()
        request.spec = spec
        let error = try bench.refusal(client, Method.jobsSubmit, request)
        #expect(error.code == .invalidArgument)
        #expect(error.message == "leaf 10 is out of range: the tree mnist has 10 leaves, 0 to 9")
    }

    @Test func modelsMustBelongTogether() throws {
        let tree = try bench.makeTree("mnist")
        try bench.makeTree("fashion")
        var facts = Grove_V1_ArtifactFacts()
        facts.treeSha256 = tree.sha256
        let diffusion = try bench.makeArtifact(.diffusion, "mnist", content: "ddpm", facts: facts)
        var spec = Bench.sample("mnist")
        spec.sample.refinement.diffusion.name = "mnist"
        let id = try bench.submit(client, spec)
        #expect(try bench.job(client, id).spec.sample.refinement.diffusion == diffusion)
        spec.sample.tree.name = "fashion"
        var request = Grove_V1_SubmitRequest()
        request.spec = spec
        let error = try bench.refusal(client, Method.jobsSubmit, request)
        #expect(error.code == .failedPrecondition)
        #expect(error.message.contains("belongs to the tree mnist version 1, not to fashion"))
    }

    @Test func imagesMustHaveTheTreesSize() throws {
        try bench.makeTree()
        var facts = Grove_V1_ArtifactFacts()
        (facts.height, facts.width, facts.channels, facts.images) = (32, 32, 3, 50)
        _ = try bench.makeArtifact(.dataset, "cifar", content: "cifar", facts: facts)
        var request = Grove_V1_SubmitRequest()
        request.spec.evaluate.tree.name = "mnist"
        request.spec.evaluate.dataset.name = "cifar"
        let error = try bench.refusal(client, Method.jobsSubmit, request)
        #expect(error.code == .failedPrecondition && error.message.contains("32x32x3"))
    }

    @Test func classifiersNeedLabels() throws {
        var facts = Grove_V1_ArtifactFacts()
        (facts.height, facts.width, facts.channels, facts.images) = (28, 28, 1, 500)
        _ = try bench.makeArtifact(.dataset, "bare", content: "bare", facts: facts)
        var request = Grove_V1_SubmitRequest()
        request.spec.trainClassifier.name = "names"
        request.spec.trainClassifier.dataset.name = "bare"
        let error = try bench.refusal(client, Method.jobsSubmit, request)
        #expect(error.code == .failedPrecondition && error.message.contains("bare has no labels"))
        facts.labelled = true
        let labelled = try bench.makeArtifact(.dataset, "labelled", content: "labelled", facts: facts)
        request.spec.trainClassifier.dataset.name = "labelled"
        let id = try bench.submit(client, request.spec)
        #expect(try bench.job(client, id).spec.trainClassifier.dataset == labelled)
    }

    @Test func whatAnEvaluationMeasuresWithMustFitTheTree() throws {
        let tree = try bench.makeTree()
        var facts = Grove_V1_ArtifactFacts()
        (facts.height, facts.width, facts.channels, facts.images) = (28, 28, 1, 50)
        _ = try bench.makeArtifact(.dataset, "digits", content: "digits", facts: facts)
        let names = try bench.makeArtifact(.classifier, "names", content: "names", facts: facts)
        var spec = Grove_V1_JobSpec()
        spec.evaluate.tree.name = "mnist"
        spec.evaluate.dataset.name = "digits"
        spec.evaluate.classifier.name = "names"
        let id = try bench.submit(client, spec)
        let resolved = try bench.job(client, id).spec.evaluate
        #expect(resolved.classifier == names && resolved.tree == tree)
        (facts.height, facts.width) = (32, 32)
        _ = try bench.makeArtifact(.classifier, "names32", content: "names32", facts: facts)
        spec.evaluate.classifier.name = "names32"
        var request = Grove_V1_SubmitRequest()
        request.spec = spec
        let error = try bench.refusal(client, Method.jobsSubmit, request)
        #expect(error.code == .failedPrecondition && error.message.contains("the classifier names32"))
    }

    @Test func figuresTakeModelsOfOneTree() throws {
        try bench.makeTree()
        var facts = Grove_V1_ArtifactFacts()
        facts.treeSha256 = String(repeating: "ab", count: 32)
        _ = try bench.makeArtifact(.diffusion, "blind", content: "blind", facts: facts)
        var request = Grove_V1_SubmitRequest()
        request.spec.figure.tree.name = "mnist"
        request.spec.figure.unconditional.name = "blind"
        let error = try bench.refusal(client, Method.jobsSubmit, request)
        #expect(error.code == .failedPrecondition && error.message.contains("belongs to another tree"))
    }

    @Test func filesMustBeUploaded() throws {
        try bench.makeTree()
        var request = Grove_V1_SubmitRequest()
        request.spec.reconstruct.tree.name = "mnist"
        var file = Grove_V1_FileRef()
        (file.name, file.size) = ("a.png", 3)
        file.sha256 = SHA256.hexDigest(of: [1, 2, 3])
        request.spec.reconstruct.images = [file]
        let error = try bench.refusal(client, Method.jobsSubmit, request)
        #expect(error.code == .failedPrecondition && error.message.contains("a.png"))
        _ = try bench.upload(client, [1, 2, 3])
        let _: Grove_V1_SubmitResponse = try bench.call(client, Method.jobsSubmit, request)
        request.spec.reconstruct.images[0].size = 4
        #expect(try bench.refusal(client, Method.jobsSubmit, request).code == .invalidArgument)
    }

    @Test func listsInPagesNewestFirst() throws {
        try bench.makeTree()
        let ids = try (0..<5).map { _ in try bench.submit(client, Bench.sample()) }
        var request = Grove_V1_ListJobsRequest()
        request.states = [.waiting]
        request.limit = 3
        var list: Grove_V1_ListJobsResponse = try bench.call(client, Method.jobsList, request)
        #expect(list.jobs.map(\.id) == Array(ids.reversed().prefix(3)) && list.more)
        request.beforeJobID = list.jobs[2].id
        list = try bench.call(client, Method.jobsList, request)
        #expect(list.jobs.map(\.id) == Array(ids.reversed().suffix(2)) && !list.more)
        request.limit = 1001
        #expect(try bench.refusal(client, Method.jobsList, request).code == .invalidArgument)
    }

    /// Jobs whose descriptions are large share a frame all the same.
    @Test func aPageFitsIntoAFrame() throws {
        let file = try bench.upload(client, [1], name: String(repeating: "n", count: 180))
        var spec = Grove_V1_JobSpec()
        spec.importDataset.name = "d"
        spec.importDataset.files = Array(repeating: file, count: 1500)
        for _ in 0..<4 { try bench.submit(client, spec) }
        let list: Grove_V1_ListJobsResponse = try bench.call(client, Method.jobsList, Grove_V1_ListJobsRequest())
        #expect(list.more && (1...3).contains(list.jobs.count))
        #expect(encode(list).count <= Limits.frameBytes)
        spec.importDataset.files = Array(repeating: file, count: 2500)
        var request = Grove_V1_SubmitRequest()
        request.spec = spec
        #expect(try bench.refusal(client, Method.jobsSubmit, request).message.contains("at most \(Limits.specBytes)"))
    }

    @Test func aWaitingJobIsCancelledAtOnce() throws {
        try bench.makeTree()
        let id = try bench.submit(client, Bench.sample())
        var cancel = Grove_V1_CancelJobRequest()
        cancel.jobID = id
        let job: Grove_V1_Job = try bench.call(client, Method.jobsCancel, cancel)
        #expect(job.state == .cancelled && job.failure.code == StatusCode.cancelled.rawValue)
        let again: Grove_V1_Job = try bench.call(client, Method.jobsCancel, cancel)
        #expect(again == job, "cancelling again changes nothing")
        #expect(try bench.take(bench.worker()) == nil)
    }

    @Test func aFullQueueSaysSo() throws {
        var settings = BrokerSettings()
        settings.maximumWaitingJobs = 2
        let bench = try Bench(settings: settings)
        try bench.makeTree()
        let client = try bench.client()
        for _ in 0..<2 { try bench.submit(client, Bench.sample()) }
        var request = Grove_V1_SubmitRequest()
        request.spec = Bench.sample()
        let error = try bench.refusal(client, Method.jobsSubmit, request)
        #expect(error.code == .resourceExhausted && error.retryAfter != nil)
    }

    /// The database can grow no further: the requests of the turn are refused, and the broker goes on.
    @Test func aFullDiskRefusesAndForgetsNothing() throws {
        let bench = try Bench(maximumPages: 400)
        try bench.makeTree()
        let client = try bench.client()
        let file = try bench.upload(client, [1], name: String(repeating: "n", count: 180))
        var request = Grove_V1_SubmitRequest()
        request.spec.importDataset.name = "d"
        request.spec.importDataset.files = Array(repeating: file, count: 100)
        var ids: [String] = []
        var refusal: RPCError?
        while refusal == nil, ids.count < 1000 {
            do {
                ids.append(try bench.submit(client, request.spec))
            } catch let error as RPCError {
                refusal = error
            }
        }
        #expect(refusal?.code == .resourceExhausted && refusal?.message.contains("make room") == true)
        #expect(ids.count > 10)
        for id in ids { #expect(try bench.job(client, id).state == .waiting) }
        try bench.giveRoom(pages: 420)
        let worker = try bench.worker()
        let attempt = try #require(try bench.take(worker)).attempt
        let done = Bench.completion(attempt) { $0.success = .init() }
        let _: Grove_V1_CompleteResponse = try bench.call(worker, Method.workComplete, done)
        #expect(try bench.job(client, ids[0]).state == .succeeded)
        // Not even small requests are taken; cancels need no room.
        #expect(try bench.refusal(client, Method.jobsSubmit, Self.sampleRequest).code == .resourceExhausted)
        var cancel = Grove_V1_CancelJobRequest()
        cancel.jobID = ids[1]
        #expect(try bench.call(client, Method.jobsCancel, cancel, as: Grove_V1_Job.self).state == .cancelled)
    }

    private static var sampleRequest: Grove_V1_SubmitRequest {
        var request = Grove_V1_SubmitRequest()
        request.spec = Bench.sample()
        return request
    }
}
