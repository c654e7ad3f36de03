import Testing
import Transport
import Wire

@testable import BrokerCore

/// Jobs that come after others.
@Suite struct AfterTests {
    private let bench: Bench
    private let client: PeerID

    init() throws {
        bench = try Bench()
        client = try bench.client()
    }

    private func importing(_ name: String) throws -> Grove_V1_JobSpec {
        var spec = Grove_V1_JobSpec()
        spec.importDataset.name = name
        spec.importDataset.files = [try bench.upload(client, Array("raw \(name)".utf8))]
        return spec
    }

    private static func training(_ name: String, on data: String) -> Grove_V1_JobSpec {
        var spec = Grove_V1_JobSpec()
        (spec.trainTree.name, spec.trainTree.dataset.name) = (name, data)
        return spec
    }

    /// Takes the next job, which must be `id`, and has it make something.
    private func run(
        _ id: String, makes kind: Grove_V1_ArtifactKind, _ name: String, side: UInt32 = 28,
        images: UInt64 = 0, slot: Grove_V1_SlotKind? = nil
    ) throws -> Grove_V1_Assignment {
        let worker = try bench.worker()
        let assignment = try #require(try bench.take(worker, slot.map { [$0] } ?? [.interactive, .training]))
        #expect(assignment.attempt.jobID == id)
        var artifact = Grove_V1_NewArtifact()
        (artifact.name, artifact.kind) = (name, kind)
        (artifact.facts.height, artifact.facts.width, artifact.facts.channels) = (side, side, 1)
        artifact.facts.images = images
        if kind == .tree { artifact.facts.leaves = 3 }
        artifact.blob = try bench.upload(worker, Array("\(name) of \(id)".utf8))
        try bench.complete(worker, assignment.attempt) { $0.success.artifacts = [artifact] }
        return assignment
    }

    /// data → tree → images, submitted at once, with names of things that are not there yet.
    @Test func aChainRunsInItsOrderOnWhatItMakes() throws {
        // What the names would mean if they were resolved at once.
        try bench.makeTree("t")
        let data = try bench.submit(client, importing("d"))
        let tree = try bench.submit(client, Self.training("t", on: "d"), after: [data])
        let images = try bench.submit(client, Bench.sample("t"), after: [tree])
        let waiting = try bench.job(client, images)
        #expect(waiting.waitingCode == .parents && waiting.waitingReason == "comes after job \(tree)")
        #expect(waiting.after == [tree] && waiting.spec.sample.tree.version == 0)
        try bench.restart()
        try bench.client()
        _ = try run(data, makes: .dataset, "d")
        #expect(try bench.job(client, images).state == .waiting)
        let training = try run(tree, makes: .tree, "t")
        #expect(training.spec.trainTree.dataset.version == 1)
        // Somebody else's newer version is not what was meant.
        let other = try bench.submit(client, Self.training("t", on: "d"), priority: 9)
        _ = try run(other, makes: .tree, "t", slot: .training)
        let drawing = try #require(try bench.take(bench.worker()))
        #expect(drawing.attempt.jobID == images && drawing.spec.sample.tree.version == 2)
    }

    @Test func aParentThatHasSucceededHoldsUpNothing() throws {
        let data = try bench.submit(client, importing("d"))
        _ = try run(data, makes: .dataset, "d")
        let tree = try bench.submit(client, Self.training("t", on: "d"), after: [data, data])
        #expect(try bench.take(bench.worker(), [.training])?.attempt.jobID == tree)
    }

    @Test func allParentsMustHaveSucceeded() throws {
        let ids = try ["a", "b"].map { try bench.submit(client, importing($0)) }
        let tree = try bench.submit(client, Self.training("t", on: "a"), after: ids)
        #expect(try bench.job(client, tree).waitingReason == "comes after job \(ids[0]) and 1 more")
        _ = try run(ids[0], makes: .dataset, "a")
        #expect(try bench.take(bench.worker(), [.training]) == nil)
        _ = try run(ids[1], makes: .dataset, "b")
        #expect(try bench.take(bench.worker(), [.training])?.attempt.jobID == tree)
    }

    @Test func aFailedParentEndsItsChildrenWithAReason() throws {
        let data = try bench.submit(client, importing("d"))
        let tree = try bench.submit(client, Self.training("t", on: "d"), after: [data])
        let images = try bench.submit(client, Bench.sample("t"), after: [tree])
        let worker = try bench.worker()
        try bench.fail(worker, #require(try bench.take(worker)).attempt, .invalidArgument)
        let child = try bench.job(client, tree)
        #expect(child.state == .failed)
        #expect(child.failure.message == "the job \(data), which it comes after, failed: it went wrong")
        let grandchild = try bench.job(client, images)
        #expect(grandchild.state == .failed && grandchild.failure.message.contains("the job \(tree)"))
        // What could never run is refused.
        var late = Grove_V1_SubmitRequest()
        (late.spec, late.after) = (Self.training("t", on: "d"), [data])
        let error = try bench.refusal(client, Method.jobsSubmit, late)
        #expect(error.code == .notFound || error.code == .failedPrecondition)
        #expect(error.message.contains("grove retry \(data)"))
    }

    @Test func aCancelledParentCancelsItsChildren() throws {
        let data = try bench.submit(client, importing("d"))
        let tree = try bench.submit(client, Self.training("t", on: "d"), after: [data])
        var cancel = Grove_V1_CancelJobRequest()
        cancel.jobID = data
        let _: Grove_V1_Job = try bench.call(client, Method.jobsCancel, cancel)
        #expect(try bench.job(client, tree).state == .cancelled)
    }

    /// A job can only come after one that is there already, so no circle can close.
    @Test func parentsMustExist() throws {
        var request = Grove_V1_SubmitRequest()
        (request.spec, request.after) = (try importing("d"), ["01kqzv7n2m8d4x"])
        #expect(try bench.refusal(client, Method.jobsSubmit, request).code == .notFound)
        request.after = ["itself"]
        #expect(try bench.refusal(client, Method.jobsSubmit, request).code == .invalidArgument)
    }

    /// What the parent made turns out to be no use: the child ends with the sentence that a submit would have got.
    @Test func whatDoesNotFitIsSaidWhenItIsKnown() throws {
        try bench.makeTree()
        let data = try bench.submit(client, importing("d"))
        let tree = try bench.submit(client, Self.training("t", on: "d"), after: [data])
        var spec = Grove_V1_JobSpec()
        (spec.evaluate.tree.name, spec.evaluate.dataset.name) = ("t", "d")
        let evaluation = try bench.submit(client, spec, after: [tree])
        var diffusion = Grove_V1_JobSpec()
        (diffusion.trainDiffusion.name, diffusion.trainDiffusion.dataset.name) = ("m", "d")
        (diffusion.trainDiffusion.tree.name, diffusion.trainDiffusion.settings.batchSize) = ("mnist", 256)
        let sharp = try bench.submit(client, diffusion, after: [data])
        let leaf = try bench.submit(
            client,
            {
                var spec = Bench.sample("t")
                (spec.sample.leaves, spec.sample.leaf) = (.one, 7)
                return spec
            }(), after: [tree])
        _ = try run(data, makes: .dataset, "d", images: 200)
        _ = try run(tree, makes: .tree, "t", side: 32)
        #expect(try bench.job(client, sharp).failure.message.contains("is 256, for which 200 images are too few"))
        let failed = try bench.job(client, evaluation)
        #expect(failed.state == .failed && failed.failure.message.contains("images of 28x28x1"))
        #expect(try bench.job(client, leaf).failure.message.contains("has 3 leaves, 0 to 2"))
    }

    /// Hundreds in a row, ended from the first: no recursion.
    @Test func aLongChainEndsAtOnce() throws {
        var ids = [try bench.submit(client, importing("d"))]
        for _ in 0..<500 { ids.append(try bench.submit(client, importing("d"), after: [ids[ids.count - 1]])) }
        var cancel = Grove_V1_CancelJobRequest()
        cancel.jobID = ids[0]
        let _: Grove_V1_Job = try bench.call(client, Method.jobsCancel, cancel)
        #expect(try bench.job(client, ids[500]).state == .cancelled)
    }
}
