import Models
import Neural
import TestSupport
import Testing

@Suite struct SamplingRunTests {
    private func images(_ numbers: [UInt32], leaf: Int? = 1) -> [SamplingImage] {
        numbers.map { number in
            SamplingImage(
                key: ImageKey(seed: 5, image: number),
                reconstruction: RandomKey(seed: 9, use: 2, image: number).uniforms(64), leaf: leaf)
        }
    }

    private func sample(
        _ model: DiffusionModel, _ images: [SamplingImage],
        _ settings: SamplerSettings = SamplerSettings(steps: 5, eta: 0.5), chunk: Int = 16
    ) throws -> [[Float]] {
        let run = try SamplingRun(model, images: images, settings: settings, chunkSize: chunk)
        while !run.isFinished { run.step() }
        return run.results
    }

    @Test func pixelsDoNotDependOnCompany() throws {
        let model = try DiffusionModel.test()
        let together = try sample(model, images([0, 1, 2, 3, 4]))
        #expect(try sample(model, images([0, 1, 2, 3, 4]), chunk: 2) == together)
        #expect(try sample(model, images([3])) == [together[3]])
        #expect(try sample(model, images([4, 0])) == [together[4], together[0]])
        #expect(Set(together).count == 5)
    }

    @Test func pixelsDoNotDependOnCores() throws {
        let model = try DiffusionModel.test()
        let usual = Parallel.threads
        defer { Parallel.threads = usual }
        Parallel.threads = 1
        let alone = try sample(model, images([0, 1, 2]))
        Parallel.threads = 3
        #expect(try sample(model, images([0, 1, 2])) == alone)
    }

    @Test func progressCountsStepsOfImages() throws {
        let run = try SamplingRun(
            .test(), images: images([0, 1, 2]), settings: SamplerSettings(steps: 4), chunkSize: 2)
        #expect(run.totalSteps == 12)
        var seen: [Int] = []
        while !run.isFinished {
            run.step()
            seen.append(run.doneSteps)
        }
        #expect(seen == [2, 4, 6, 8, 9, 10, 11, 12])
    }

    @Test func oneKeyIsOneNoise() throws {
        let model = try DiffusionModel.test()
        let image = images([0])[0]
        #expect(try sample(model, [image, image]).uniqued == 1)
        var other = image
        other.leaf = 2
        #expect(try sample(model, [image, other]).uniqued == 2)
    }

    @Test func guidanceMixesWithTheUnconditionalPrediction() throws {
        let model = try DiffusionModel.test(.test(leafSignal: .embedding, leafCount: 3))
        var settings = SamplerSettings(steps: 2)
        let plain = try sample(model, images([0]), settings)
        settings.guidanceWeight = 2
        #expect(try sample(model, images([0]), settings) != plain)
        // An image without conditions is not changed by guiding it away from having none.
        let free = [
            SamplingImage(
                key: ImageKey(seed: 5, image: 0), reconstruction: Array(repeating: 0.5, count: 64), leaf: nil)
        ]
        let guided = try sample(model, free, settings)
        settings.guidanceWeight = 0
        expectClose(guided[0], try sample(model, free, settings)[0], relativeToMax: 1e-5, "free image")
    }

    @Test(arguments: [Formulation.first, .second], [PixelRange.zeroOne, .minusOneOne])
    func pixelsStayInTheirRange(_ formulation: Formulation, _ range: PixelRange) throws {
        let model = try DiffusionModel.test(formulation: formulation, pixelRange: range)
        for pixel in try sample(model, images([0, 1])).joined() {
            #expect(pixel >= -1e-6 && pixel <= 1 + 1e-6)
        }
    }

    @Test func startsMatterAsTheySay() throws {
        let model = try DiffusionModel.test()
        var image = images([0])[0]
        let settings = SamplerSettings(steps: 1)
        let fromReconstruction = try sample(model, [image], settings)
        image.start = .image(image.reconstruction)
        #expect(try sample(model, [image], settings) == fromReconstruction)
        image.start = .noise
        #expect(try sample(model, [image], settings) != fromReconstruction)
    }

    @Test func networkWithoutConditionsNeedsNone() throws {
        let model = try DiffusionModel.test(.test(seesReconstruction: false, seesLeaf: false))
        let image = SamplingImage(key: ImageKey(seed: 1, image: 0), reconstruction: [], leaf: nil, start: .noise)
        #expect(try sample(model, [image]).count == 1)
        let error = #expect(throws: DiffusionError.self) {
            try sample(model, [image], SamplerSettings(steps: 2, guidanceWeight: 1))
        }
        #expect(error?.description.contains("guid") == true)
    }

    @Test func wrongImagesAreRefused() throws {
        let model = try DiffusionModel.test()
        var image = images([0])[0]
        image.leaf = 3
        #expect(throws: DiffusionError.self) { try sample(model, [image]) }
        image.leaf = -1
        #expect(throws: DiffusionError.self) { try sample(model, [image]) }
        image.leaf = 1
        image.reconstruction.removeLast()
        #expect(throws: DiffusionError.self) { try sample(model, [image]) }
        image = images([0])[0]
        image.start = .image([])
        #expect(throws: DiffusionError.self) { try sample(model, [image]) }
    }
}

extension [[Float]] {
    /// How many different images there are.
    fileprivate var uniqued: Int { Set(self).count }
}
