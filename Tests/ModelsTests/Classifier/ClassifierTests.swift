import Models
import Neural
import Testing

@Suite struct ClassifierTests {
    /// A bright square: on the left in class 0, on the right in class 1, on grey noise.
    private static func sides(_ count: Int = 64, labelled: Bool = true) throws -> ImageDataset {
        var pixels = RandomKey(seed: 9, use: 1).integers(count * 144, below: 90).map { UInt8($0) }
        for image in 0..<count {
            for y in 3..<8 {
                for x in 0..<4 { pixels[image * 144 + y * 12 + x + (image % 2) * 7] = 250 }
            }
        }
        return try ImageDataset(
            name: "sides", height: 12, width: 12, channels: 1, pixels: pixels,
            labels: labelled ? (0..<count).map { UInt8($0 % 2) } : nil, classNames: labelled ? ["left", "right"] : [])
    }

    private static let settings = ClassifierTrainingSettings(epochs: 6, batchSize: 16, seed: 3)

    private func trained() throws -> ClassifierTraining {
        let training = try ClassifierTraining(settings: Self.settings, dataset: Self.sides())
        while !training.isFinished { _ = try training.step() }
        return training
    }

    @Test func learnsAndTellsClassesOfNewImagesApart() throws {
        let training = try ClassifierTraining(settings: Self.settings, dataset: Self.sides())
        var losses: [Double] = []
        while !training.isFinished { losses.append(try training.step().loss) }
        #expect(losses.count == 24 && losses[23] < losses[0] / 4)
        let evaluation = try ClassifierEvaluation(training.classifier, dataset: Self.sides(80))
        #expect(evaluation.accuracy == 1 && evaluation.images == 80)
        #expect(evaluation.classes.map(\.name) == ["left", "right"] && evaluation.classes.map(\.images) == [40, 40])
    }

    @Test func aFileHoldsAllOfIt() throws {
        let classifier = try trained().classifier
        let bytes = try classifier.fileBytes()
        #expect(bytes.count < 1 << 20)
        let again = try Classifier(Safetensors(bytes: bytes))
        #expect(again.description == classifier.description)
        let images = try Self.sides().tensor(0..<5)
        let features = classifier.features(images)
        #expect(features.shape == [5, ClassifierNetwork.featureCount])
        #expect(again.features(images).values == features.values)
    }

    @Test func goesOnFromACheckpointBitForBit() throws {
        let whole = try trained().model()
        let first = try ClassifierTraining(settings: Self.settings, dataset: Self.sides())
        for _ in 0..<7 { _ = try first.step() }
        let second = try ClassifierTraining(resuming: first.checkpoint(), dataset: Self.sides())
        #expect(second.stepsDone == 7)
        while !second.isFinished { _ = try second.step() }
        #expect(try second.model() == whole)
        #expect(throws: ClassifierError.self) {
            try ClassifierTraining(resuming: first.checkpoint(), dataset: Self.sides(80))
        }
        #expect(throws: ClassifierError.self) { try ClassifierTraining(resuming: whole, dataset: Self.sides()) }
    }

    @Test func whatCannotWorkIsASentence() throws {
        func refusal(_ dataset: ImageDataset, _ settings: ClassifierTrainingSettings = Self.settings) -> String {
            let error = #expect(throws: ClassifierError.self) {
                try ClassifierTraining(settings: settings, dataset: dataset)
            }
            return error?.description ?? ""
        }
        #expect(refusal(try Self.sides(labelled: false)).contains("labels"))
        #expect(refusal(try Self.sides().subset(Array(stride(from: 0, to: 64, by: 2)))).contains("one class"))
        #expect(refusal(try Self.sides(8)).contains("batch_size is 16, for which 8 images are too few"))

        let classifier = try Classifier(ClassifierDescription(Self.sides()), seed: 1)
        let strangers = try ImageDataset(
            name: "pets", height: 12, width: 12, channels: 1, pixels: Self.sides(2).pixels, labels: [0, 1],
            classNames: ["cat", "dog"])
        let error = #expect(throws: ClassifierError.self) {
            try ClassifierEvaluation(classifier, dataset: strangers)
        }
        #expect(error?.description.contains("left, right but the data set has cat, dog") == true)
        #expect(throws: ClassifierError.self) {
            try Classifier(Safetensors(bytes: Safetensors.encode([], metadata: ["kind": "tree"])))
        }
    }
}
