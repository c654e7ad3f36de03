import Testing
import Wire

@Suite struct JobValidationTests {
    private static let hash = String(repeating: "ab", count: 32)

    private static func file(_ name: String = "a.png", hash: String = hash) -> Grove_V1_FileRef {
        var file = Grove_V1_FileRef()
        file.name = name
        file.sha256 = hash
        file.size = 3
        return file
    }

    private static func sample(_ change: (inout Grove_V1_Sample) -> Void = { _ in }) -> Grove_V1_JobSpec {
        var spec = Grove_V1_JobSpec()
        spec.sample.tree.name = "mnist"
        spec.sample.count = 10
        change(&spec.sample)
        return spec
    }

    private func violations(_ spec: Grove_V1_JobSpec) -> [String] {
        do {
            try JobValidation.check(spec)
            return []
        } catch {
            #expect(error.code == .invalidArgument)
            return error.violations.map(\.field)
        }
    }

    @Test func acceptsWhatIsRight() {
        #expect(violations(Self.sample()) == [])
        #expect(violations(Self.sample { $0.count = 100_000 }) == [])
        #expect(
            violations(
                Self.sample {
                    $0.refinement.diffusion.name = "mnist-ddpm"
                    $0.refinement.steps = 1000
                    $0.refinement.sampler = "ddpm"
                    $0.refinement.guidance = 2
                    $0.leaves = .one
                    $0.leaf = 3
                }) == [])
    }

    @Test(arguments: [0, 100_001, 10_000_000] as [UInt32])
    func imagesAreCounted(count: UInt32) {
        let error = #expect(throws: RPCError.self) { try JobValidation.check(Self.sample { $0.count = count }) }
        #expect(
            error?.message
                == "sample.count must be 1 to 100000 images, not \(count); split a larger request into several jobs")
    }

    private static func evaluation(_ change: (inout Grove_V1_Evaluate) -> Void) -> Grove_V1_JobSpec {
        var spec = Grove_V1_JobSpec()
        spec.evaluate.tree.name = "mnist"
        spec.evaluate.dataset.name = "mnist-test"
        change(&spec.evaluate)
        return spec
    }

    @Test func distancesNeedOneNetwork() {
        let file = Self.file("inception.safetensors")
        #expect(violations(Self.evaluation { $0.classifier.name = "names" }) == [])
        #expect(
            violations(
                Self.evaluation {
                    $0.inception = file
                    $0.inceptionPooling = "torchvision"
                    $0.distanceImages = 500
                }) == [])
        let both = Self.evaluation {
            $0.classifier.name = "names"
            $0.inception = file
        }
        #expect(violations(both) == ["evaluate.inception"])
        let none = Self.evaluation {
            $0.inceptionPooling = "fid"
            $0.distanceImages = 500
            $0.refinement.diffusion.name = "sharp"
            $0.leafImages = 10
        }
        #expect(
            violations(none) == [
                "evaluate.inception_pooling", "evaluate.distance_images", "evaluate.refinement", "evaluate.leaf_images",
            ])
    }

    @Test func evaluationsAreBounded() {
        let large = Self.evaluation {
            $0.classifier.name = "names"
            $0.likelihoodSamples = 100_001
            $0.distanceImages = 100_001
            $0.leafImages = 10_001
        }
        #expect(
            violations(large) == [
                "evaluate.likelihood_samples", "evaluate.distance_images", "evaluate.leaf_images",
            ])
    }

    @Test func onlyShortEvaluationsTakeAnInteractiveSlot() {
        #expect(Self.evaluation { _ in }.slot == .interactive)
        #expect(Self.evaluation { $0.likelihoodSamples = 1 }.slot == .training)
        #expect(Self.evaluation { $0.classifier.name = "names" }.slot == .training)
        #expect(Self.sample().slot == .interactive && Grove_V1_JobSpec().slot == nil)
    }

    @Test func figuresNeedWhatTheyShow() {
        var spec = Grove_V1_JobSpec()
        spec.figure.tree.name = "mnist"
        #expect(violations(spec) == [])
        spec.figure.kinds = [.reconstructions, .UNRECOGNIZED(9)]
        #expect(violations(spec) == ["figure.kinds", "figure.dataset"])
        spec.figure.kinds = [.oneRoot, .oneRoot]
        #expect(violations(spec) == ["figure.kinds"])
    }

    @Test func namesEveryFieldThatIsWrong() {
        let spec = Self.sample {
            $0.tree.name = "../etc"
            $0.tree.sha256 = "abc"
            $0.refinement.steps = 1001
            $0.refinement.sampler = "euler"
            $0.refinement.guidance = .nan
            $0.refinement.eta = 1.5
            $0.leaf = 3
        }
        #expect(
            violations(spec) == [
                "sample.tree.name", "sample.tree.sha256", "sample.refinement.steps", "sample.refinement.sampler",
                "sample.refinement.guidance", "sample.refinement.eta", "sample.leaf",
            ])
    }

    @Test func anEmptySpecListsTheKinds() {
        let error = #expect(throws: RPCError.self) { try JobValidation.check(Grove_V1_JobSpec()) }
        #expect(error?.message.contains("train-tree") == true)
    }

    @Test(arguments: [
        "../x", "/etc/passwd", "a//b", "", ".", "a/..", "a\nb", "a\\b", String(repeating: "x", count: 201),
    ])
    func fileNamesStayInside(_ name: String) {
        var spec = Grove_V1_JobSpec()
        spec.importDataset.name = "d"
        spec.importDataset.files = [Self.file(name)]
        #expect(violations(spec) == ["import_dataset.files[0].name"])
    }

    @Test func hashesHaveTheirForm() {
        var spec = Grove_V1_JobSpec()
        spec.importDataset.name = "d"
        spec.importDataset.files = [Self.file("3/1.png"), Self.file(hash: Self.hash.uppercased()), Self.file(hash: "")]
        #expect(violations(spec) == ["import_dataset.files[1].sha256", "import_dataset.files[2].sha256"])
    }

    @Test func listsAreBounded() {
        var spec = Grove_V1_JobSpec()
        spec.importDataset.name = "d"
        spec.importDataset.files = Array(repeating: Self.file(), count: Limits.filesPerJob + 1)
        #expect(violations(spec) == ["import_dataset.files"])
        spec.importDataset.files = Array(repeating: Self.file(hash: "x"), count: Limits.filesPerJob)
        #expect(violations(spec).count == 20, "a status stays small")
    }

    @Test func reconstructionsNeedImagesOrADataset() {
        var spec = Grove_V1_JobSpec()
        spec.reconstruct.tree.name = "t"
        #expect(violations(spec) == ["reconstruct.images"])
        spec.reconstruct.images = [Self.file()]
        #expect(violations(spec) == [])
        spec.reconstruct.dataset.name = "d"
        spec.reconstruct.count = 5
        #expect(violations(spec) == ["reconstruct.images"])
        spec.reconstruct.images = []
        #expect(violations(spec) == [])
    }

    @Test func trainingChecksItsSettings() {
        var spec = Grove_V1_JobSpec()
        spec.trainTree.name = "t"
        spec.trainTree.dataset.name = "d"
        #expect(violations(spec) == [])
        spec.trainTree.settings.preset = "huge"
        spec.trainTree.settings.learningRate = .infinity
        #expect(violations(spec) == ["train_tree.settings.preset", "train_tree.settings.learning_rate"])
        spec = Grove_V1_JobSpec()
        spec.trainDiffusion.name = "t"
        spec.trainDiffusion.dataset.name = "d"
        spec.trainDiffusion.settings.formulation = 3
        #expect(violations(spec) == ["train_diffusion.tree.name", "train_diffusion.settings.formulation"])
    }

    @Test func submissionsHaveBounds() {
        var request = Grove_V1_SubmitRequest()
        request.spec = Self.sample()
        #expect(throws: Never.self) { try JobValidation.check(request) }
        request.priority = 10
        request.user = "a\u{1B}[2J"
        request.idempotencyKey = String(repeating: "k", count: 129)
        let error = #expect(throws: RPCError.self) { try JobValidation.check(request) }
        #expect(error?.violations.map(\.field) == ["priority", "user", "idempotency_key"])
    }
}
