import Foundation
import Models
import Neural
import Testing
import Wire
import WorkerCore

/// What a tree and its diffusion model are worth, measured by jobs.
@Suite(.serialized) struct EvaluationTests {
    private func report(_ products: JobProducts) throws -> [String: Any] {
        let file = try #require(products.files.first { $0.name == "evaluation.json" })
        let json = try JSONSerialization.jsonObject(with: Data(file.bytes))
        return try #require(json as? [String: Any])
    }

    @Test func aClassifierIsTrainedAndKept() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            let dataset = try bench.squares()
            let made = try bench.products(JobBench.classifierSpec(dataset))
            let artifact = try #require(made.artifacts.first)
            #expect(artifact.kind == .classifier && artifact.facts.height == 28 && artifact.facts.channels == 1)
            #expect(try #require(artifact.facts.metrics["accuracy"]) > 0.9)
            #expect(Set(["metrics.jsonl", "curves.png", "evaluation.json"]).isSubset(of: made.files.map(\.name)))
            #expect(try report(made)["images"] as? Int == 64)

            var importing = Grove_V1_JobSpec()
            importing.importModel.name = "again"
            importing.importModel.file = try bench.file("c.safetensors", artifact.bytes)
            let again = try #require(try bench.products(importing).artifacts.first)
            #expect(again.kind == .classifier && again.bytes == artifact.bytes)
        }
    }

    @Test func everythingThatIsAskedForIsMeasured() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            let dataset = try bench.squares()
            let tree = try bench.tree(dataset)
            var spec = JobBench.evaluationSpec(dataset, tree)
            let plain = try report(bench.products(spec))
            #expect(plain["likelihood"] == nil && plain["distances"] == nil && plain["leaf_classes"] == nil)

            spec.evaluate.likelihoodSamples = 3
            spec.evaluate.classifier = try bench.classifier(dataset)
            let diffusion = try #require(try bench.products(JobBench.diffusionSpec(dataset, tree)).artifacts.first)
            spec.evaluate.refinement.diffusion = try bench.artifact("sharp", diffusion.bytes)
            spec.evaluate.refinement.steps = 2
            spec.evaluate.distanceImages = 20
            spec.evaluate.leafImages = 5
            let measuring = attempt(spec)
            let products = try bench.products(measuring)
            #expect(measuring.takeLines(10).contains { $0.hasPrefix("Needs about ") })
            let full = try report(products)
            #expect((full["likelihood"] as? [String: Any])?["samples"] as? Int == 3)
            #expect((full["classifier_accuracy"] as? Double).map { $0 > 0.9 } == true)
            let distances = try #require(full["distances"] as? [String: Any])
            #expect((distances["network"] as? String)?.contains("Grove's own classifier names@1") == true)
            let recipe = try #require(full["recipe"] as? [String: String])
            #expect(recipe["grove.tree"] == "tree@1 sha256:\(tree.sha256)" && recipe["grove.steps"] == "2")
            #expect(distances["reference_images"] as? Int == 64 && distances["images"] as? Int == 20)
            for key in ["generations", "reconstructions"] {
                let pair = try #require(distances[key] as? [String: Double])
                #expect(try #require(pair["tree"]) > 0 && pair["refined"] != nil)
            }
            let leaves = try #require(full["leaf_classes"] as? [[String: Any]])
            #expect(leaves.count == 2)
            for leaf in leaves {
                let classes = leaf["classes"] as? [String: Int] ?? [:]
                #expect(classes.values.reduce(0, +) == leaf["images"] as? Int)
            }
            let text = try #require(products.files.first { $0.name == "evaluation.txt" })
            #expect(String(decoding: text.bytes, as: UTF8.self).contains("tree and diffusion"))
            #expect(try bench.products(spec).files.map(\.bytes) == products.files.map(\.bytes))
        }
    }

    /// A tree that shows its images as they are would have the distance 0: the dataset against itself does.
    @Test func aDatasetIsAtDistanceZeroOfItself() throws {
        let dataset = try JobBench.squares()
        let classifier = try Classifier(ClassifierDescription(dataset), seed: 1)
        let features = classifier.features(dataset.tensor(0..<64)).values
        let distance = try frechetDistance(features, features, dimension: classifier.dimension)
        #expect(distance < 1e-6)
    }

    @Test func whatDoesNotFitIsASentence() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            let dataset = try bench.squares()
            var spec = JobBench.evaluationSpec(dataset, try bench.tree(dataset))
            spec.evaluate.classifier = try bench.classifier(dataset)
            spec.evaluate.distanceImages = 65
            #expect(try bench.failure(spec).message.contains("64 images"))
            spec.evaluate.distanceImages = 0

            let squares = try JobBench.squares()
            let renamed = try ImageDataset(
                name: "pets", height: 28, width: 28, channels: 1, pixels: squares.pixels, labels: squares.labels,
                classNames: ["cat", "dog"])
            let pets = try bench.artifact("pets", DatasetContainer.encode(renamed))
            spec.evaluate.dataset = pets
            let classes = try bench.failure(spec)
            #expect(classes.code == .invalidArgument && classes.message.contains("cat, dog"), "\(classes)")

            let large = try bench.artifact("large", DatasetContainer.encode(JobBench.squares(side: 32)))
            spec.evaluate.dataset = dataset
            spec.evaluate.classifier = try bench.classifier(large)
            #expect(try bench.failure(spec).message.contains("32×32×1"))
            spec.evaluate.classifier = dataset
            #expect(try bench.failure(spec).message.contains("kind"))

            let unlabelled = try ImageDataset(
                name: "unlabelled", height: 28, width: 28, channels: 1, pixels: squares.pixels)
            let bare = try bench.artifact("bare", DatasetContainer.encode(unlabelled))
            #expect(try bench.failure(JobBench.classifierSpec(bare)).message.contains("labels"))
            var mixed = JobBench.classifierSpec(dataset)
            mixed.trainClassifier.testDataset = pets
            #expect(try bench.failure(mixed).message.contains("cat, dog"))
        }
    }
}
