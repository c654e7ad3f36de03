import Testing
import Transport
import Wire

@testable import BrokerCore

/// What the facts of datasets and models tell is told at submit, not when a worker begins the job.
@Suite struct FactsTests {
    private let bench: Bench
    private let client: PeerID

    init() throws {
        bench = try Bench()
        client = try bench.client()
    }

    private func dataset(
        _ name: String, _ height: UInt32, _ width: UInt32, channels: UInt32 = 1, images: UInt64 = 60_000
    ) throws {
        var facts = Grove_V1_ArtifactFacts()
        (facts.height, facts.width, facts.channels, facts.images) = (height, width, channels, images)
        facts.labelled = true
        _ = try bench.makeArtifact(.dataset, name, content: "images of \(name)", facts: facts)
    }

    private func tree(_ data: String, _ settings: [String] = []) throws -> Grove_V1_JobSpec {
        var spec = Grove_V1_JobSpec()
        (spec.trainTree.name, spec.trainTree.dataset.name) = ("t", data)
        spec.trainTree.settings = try SettingsText.tree(settings)
        return spec
    }

    private func diffusion(
        _ data: String, _ settings: [String] = [], tree: String = "mnist"
    ) throws -> Grove_V1_JobSpec {
        var spec = Grove_V1_JobSpec()
        (spec.trainDiffusion.name, spec.trainDiffusion.dataset.name) = ("m", data)
        spec.trainDiffusion.tree.name = tree
        spec.trainDiffusion.settings = try SettingsText.diffusion(settings)
        return spec
    }

    private func classifier(_ data: String, _ settings: [String] = []) throws -> Grove_V1_JobSpec {
        var spec = Grove_V1_JobSpec()
        (spec.trainClassifier.name, spec.trainClassifier.dataset.name) = ("c", data)
        spec.trainClassifier.settings = try SettingsText.classifier(settings)
        return spec
    }

    private func refusal(_ spec: Grove_V1_JobSpec, _ field: String, _ words: String) throws {
        var request = Grove_V1_SubmitRequest()
        request.spec = spec
        // However long it would wait: what is known now is said now.
        request.terms.notBeforeMs = 4_000_000_000_000
        let error = try bench.refusal(client, Method.jobsSubmit, request)
        #expect(error.code == .invalidArgument, "\(error)")
        #expect(error.violations.map(\.field) == [field], "\(error)")
        #expect(error.message.contains(words), "\(error.message) lacks \(words)")
    }

    @Test func imagesMustBeWhatTheModelTakes() throws {
        try dataset("oblong", 28, 20)
        try dataset("huge", 600, 600)
        try dataset("tiny", 3, 3)
        for name in ["oblong", "huge", "tiny"] {
            try refusal(tree(name), "train_tree.dataset", "square ones of 4 to 512")
        }
        _ = try bench.submit(client, classifier("oblong"))
        // A side that the tree does not halve to its representation.
        try dataset("colour", 48, 48, channels: 3)
        try refusal(tree("colour"), "train_tree.settings.representation_size", "(24, 12, 6, 3)")
        _ = try bench.submit(client, tree("colour", ["representation_size=6"]))
        try dataset("small", 8, 8)
        try refusal(tree("small", ["representation_size=6"]), "train_tree.settings.representation_size", "at most 5")
    }

    @Test func aBatchNeedsItsImages() throws {
        try dataset("few", 28, 28, images: 20)
        // Two views of each image: half as many images.
        try refusal(tree("few"), "train_tree.settings.batch_size", "is 256, for which 20 images are too few; set 40")
        _ = try bench.submit(client, tree("few", ["batch_size=40"]))
        try bench.makeTree()
        try refusal(diffusion("few"), "train_diffusion.settings.batch_size", "set 20 or less")
        _ = try bench.submit(client, diffusion("few", ["batch_size=20"]))
        try refusal(classifier("few"), "train_classifier.settings.batch_size", "set 20 or less")
    }

    /// No advice that would be refused in its turn.
    @Test func oneImageIsTooFewWhereBatchesAreNormalised() throws {
        try dataset("one", 28, 28, images: 1)
        try refusal(tree("one", ["batch_size=4"]), "train_tree.dataset", "has 1 image, and a training needs at least 2")
        try refusal(classifier("one", ["batch_size=2"]), "train_classifier.dataset", "import more")
        try bench.makeTree()
        _ = try bench.submit(client, diffusion("one", ["batch_size=1"]))
    }

    @Test func settingsMustGoTogetherWithThoseOfThePreset() throws {
        try dataset("digits", 28, 28)
        try bench.makeTree()
        let field = "train_diffusion.settings."
        try refusal(diffusion("digits", ["norm_groups=7"]), field + "norm_groups", "4 would do")
        try refusal(
            diffusion("digits", ["heads=3"]), field + "heads", "under attention, 64, which 3 does not; 2 would do")
        try refusal(diffusion("digits", ["model_channels=5"]), field + "model_channels", "even")
        try refusal(diffusion("digits", ["model_channels=4"]), field + "norm_groups", "which 32 does not; 4 would do")
        try refusal(diffusion("digits", ["padding=native"]), field + "channel_multipliers", "halved for 3 at most")
        try refusal(diffusion("digits", ["attention_sizes=14"]), field + "attention_sizes", "32, 16, 8, 4")
        try refusal(
            diffusion("digits", ["model_channels=1024", "channel_multipliers=64,64"]), field + "model_channels",
            "parameters")
        try refusal(tree("digits", ["batch_size=2"]), "train_tree.settings.batch_size", "contrastive=false")
        _ = try bench.submit(client, tree("digits", ["batch_size=2", "contrastive=false"]))
        try refusal(
            tree("digits", ["latent_channels=1024", "bottom_up_channels=1024", "leaves=64"]),
            "train_tree.settings.leaves", "parameters")
    }

    @Test func whatIsMeasuredAndShownMustBeThere() throws {
        try dataset("few", 28, 28, images: 20)
        try bench.makeTree()
        var facts = Grove_V1_ArtifactFacts()
        (facts.height, facts.width, facts.channels, facts.leaves) = (28, 28, 1, 41)
        _ = try bench.makeArtifact(.classifier, "names", content: "names", facts: facts)
        var evaluation = Grove_V1_JobSpec()
        (evaluation.evaluate.tree.name, evaluation.evaluate.dataset.name) = ("mnist", "few")
        (evaluation.evaluate.classifier.name, evaluation.evaluate.distanceImages) = ("names", 21)
        try refusal(evaluation, "evaluate.distance_images", "has 20 images")
        evaluation.evaluate.distanceImages = 20
        _ = try bench.submit(client, evaluation)
        _ = try bench.makeArtifact(.tree, "wide", content: "wide", facts: facts)
        var figure = Grove_V1_SubmitRequest()
        figure.spec.figure.tree.name = "wide"
        #expect(try bench.refusal(client, Method.jobsSubmit, figure).message.contains("at most 40 leaves"))
    }
}

// MARK: Going on

extension FactsTests {
    /// A training of a diffusion model that left a checkpoint and was not finished.
    private func stopped(_ settings: [String], at step: Int) throws -> String {
        try dataset("digits", 28, 28)
        try bench.makeTree()
        let id = try bench.submit(client, diffusion("digits", settings))
        let worker = try bench.worker()
        let attempt = try #require(try bench.take(worker, [.training])).attempt
        var request = Grove_V1_CheckpointRequest()
        request.attempt = attempt
        request.checkpoint = try bench.upload(worker, [1, 2, 3], name: CheckpointName.of(step: step))
        let _: Grove_V1_CheckpointResponse = try bench.call(worker, Method.workCheckpoint, request)
        try bench.fail(worker, attempt, .failedPrecondition)
        return id
    }

    private func resumed(_ id: String, _ settings: [String]) throws -> Grove_V1_JobSpec {
        var spec = try diffusion("digits", settings)
        spec.trainDiffusion.resume.jobID = id
        return spec
    }

    @Test func aRunCannotEndBeforeItsCheckpoint() throws {
        let id = try stopped(["steps=100"], at: 70)
        try refusal(resumed(id, ["steps=60"]), "train_diffusion.settings.steps", "after step 70; set 70 or more")
        for steps in ["70", "71", "100"] { _ = try bench.submit(client, resumed(id, ["steps=\(steps)"])) }
    }

    @Test func aRunKeepsItsNetwork() throws {
        let id = try stopped(["preset=tiny", "steps=100", "norm_groups=4"], at: 70)
        for (setting, value) in [
            ("model_channels", "32"), ("preset", "paper"), ("pixel_range", "zero_one"), ("formulation", "2"),
            ("norm_groups", "8"), ("dropout", "0.2"),
        ] {
            try refusal(
                resumed(id, ["learning_rate=0.1", "\(setting)=\(value)"]), "train_diffusion.settings.\(setting)",
                "cannot change")
        }
        // The same again is no change.
        _ = try bench.submit(client, resumed(id, ["norm_groups=4", "preset=tiny", "learning_rate=0.1"]))
    }

    /// What is not set stays as it was, also for a job that goes on from this one.
    @Test func aRunThatGoesOnHasTheSettingsOfTheOneBefore() throws {
        let id = try stopped(["preset=tiny", "steps=100", "batch_size=1"], at: 70)
        let next = try bench.submit(client, resumed(id, ["steps=90"]))
        let settings = try bench.job(client, next).spec.trainDiffusion.settings
        #expect(SettingsText.text(settings) == ["preset=tiny", "batch_size=1", "steps=90"])
    }
}
