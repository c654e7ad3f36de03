import Models
import Neural
import TestSupport
import Testing

@Suite struct GenerationRunTests {
    private let sampler = SamplerSettings(steps: 3, eta: 0.5)

    /// Three leaves over images of 8×8, with random weights.
    private func tree() throws -> TreeVAE {
        typealias Node = TreeTopology.Node
        let topology = try TreeTopology(
            nodes: [
                Node(index: 0, parent: nil, left: 1, right: 2, kind: .split, depth: 0),
                Node(index: 1, parent: 0, left: 3, right: 4, kind: .split, depth: 1),
                Node(index: 2, parent: 0, left: nil, right: nil, kind: .leaf, depth: 1),
                Node(index: 3, parent: 1, left: nil, right: nil, kind: .leaf, depth: 2),
                Node(index: 4, parent: 1, left: nil, right: nil, kind: .leaf, depth: 2),
            ], maximumDepth: 2)
        return try TreeVAE(
            TreeVAEConfiguration(
                latentChannels: [2, 2, 2], bottomUpChannels: [4, 4, 4], representationSize: 2, imageSize: 8,
                imageChannels: 1, architecture: .residual), topology: topology, seed: 3)
    }

    private func images(_ count: Int) -> [[Float]] {
        (0..<count).map { RandomKey(seed: 4, use: 3, image: UInt32($0)).uniforms(64) }
    }

    private func finish(_ run: GenerationRun) throws -> [GeneratedImage] {
        while !run.isFinished { try run.step() }
        return run.results
    }

    private func generate(
        _ request: GenerationRequest, refined: Bool = true, chunk: Int = 16
    ) throws -> [GeneratedImage] {
        try finish(
            GenerationRun(
                request, tree: tree(), treeDigest: "abc", diffusion: refined ? .test() : nil, sampler: sampler,
                chunkSize: chunk))
    }

    @Test func newImagesComeFromDrawnLeaves() throws {
        let images = try generate(GenerationRequest(.prior(count: 12), seed: 1))
        #expect(images.map(\.index) == Array(0..<12))
        #expect(Set(images.map(\.leaf)).count > 1)
        for image in images {
            #expect(image.treeImage.count == 64 && image.refinedImage?.count == 64)
            #expect(abs(image.leafProbabilities.reduce(0, +) - 1) < 1e-5)
            #expect(image.leafProbability == image.leafProbabilities[image.leaf])
            #expect((image.treeImage + (image.refinedImage ?? [])).allSatisfy { (0...1).contains($0) })
            #expect(image.pixels == PixelBytes.rounded(image.refinedImage ?? []))
        }
        #expect(try generate(GenerationRequest(.prior(count: 12), seed: 2)) != images)
    }

    @Test func everyLeafsOwnDrawsAreFound() throws {
        let all = try generate(GenerationRequest(.prior(count: 256), seed: 1), refined: false)
        var draws = LeafDraws(try tree(), perLeaf: 4, seed: 1)
        while !draws.isFinished { draws.step() }
        for (leaf, numbers) in draws.numbers.enumerated() {
            let own = all.filter { $0.leaf == leaf }.prefix(4)
            #expect(!own.isEmpty && Array(numbers.prefix(own.count)) == own.map { UInt32($0.index) })
            let again = try generate(
                GenerationRequest(.numbered(Array(numbers.prefix(own.count))), leaves: .one(leaf), seed: 1),
                refined: false)
            #expect(again.map(\.treeImage) == own.map(\.treeImage))
        }
    }

    @Test func finishedImagesCanBeTakenOnTheWay() throws {
        let request = GenerationRequest(.prior(count: 5), seed: 1)
        let run = try GenerationRun(request, tree: tree(), treeDigest: "abc", chunkSize: 2)
        var parts: [[GeneratedImage]] = []
        while !run.isFinished {
            try run.step()
            parts.append(run.takeResults())
        }
        #expect(parts.map(\.count) == [2, 2, 1] && run.results.isEmpty && run.doneSteps == run.totalSteps)
        #expect(try parts.flatMap(\.self) == generate(request, refined: false))
    }

    @Test func anImageDependsOnItsNumberAlone() throws {
        let sources: [GenerationRequest.Leaves] = [.chosen(.sample), .chosen(.argmax), .one(1), .all]
        for leaves in sources {
            let whole = try generate(GenerationRequest(.prior(count: 5), leaves: leaves, seed: 1))
            #expect(try generate(GenerationRequest(.prior(count: 5), leaves: leaves, seed: 1), chunk: 2) == whole)
            let rest = try generate(
                GenerationRequest(.prior(count: 2), leaves: leaves, seed: 1, firstImage: 3), chunk: 1)
            #expect(rest.map(\.pixels) == whole.suffix(rest.count).map(\.pixels))
            let given = try generate(GenerationRequest(.reconstruction(images(5)), leaves: leaves, seed: 1))
            let one = try generate(
                GenerationRequest(.reconstruction([images(5)[4]]), leaves: leaves, seed: 1, firstImage: 4))
            #expect(one.map(\.pixels) == given.suffix(one.count).map(\.pixels))
        }
    }

    @Test func allLeavesShareRootAndNoise() throws {
        let images = try generate(GenerationRequest(.prior(count: 2), leaves: .all, seed: 1), chunk: 4)
        #expect(images.map(\.index) == [0, 0, 0, 1, 1, 1])
        #expect(images.map(\.leaf) == [0, 1, 2, 0, 1, 2])
        #expect(images[0].leafProbabilities == images[2].leafProbabilities)
        for leaf in 0..<3 {
            let one = try generate(GenerationRequest(.prior(count: 2), leaves: .one(leaf), seed: 1))
            #expect(one == images.filter { $0.leaf == leaf })
        }
    }

    @Test func mostProbableLeafIsTheLargest() throws {
        for source in [GenerationRequest.Source.prior(count: 6), .reconstruction(images(6))] {
            for image in try generate(GenerationRequest(source, leaves: .chosen(.argmax), seed: 1), refined: false) {
                #expect(image.leafProbability == image.leafProbabilities.max())
            }
        }
    }

    @Test func withoutADiffusionModelTheTreesImagesAreTheResult() throws {
        let request = GenerationRequest(.reconstruction(images(3)), seed: 1)
        let (plain, refined) = (try generate(request, refined: false), try generate(request))
        #expect(plain.map(\.treeImage) == refined.map(\.treeImage))
        #expect(plain.allSatisfy { $0.refinedImage == nil && $0.pixels == $0.treePixels })
        #expect(refined.allSatisfy { $0.pixels != $0.treePixels })
    }

    @Test func refinementTakesGivenImagesAsTheTrees() throws {
        let given = images(3)
        let refined = try generate(GenerationRequest(.refinement(given), leaves: .one(2), seed: 1))
        #expect(refined.map(\.treeImage) == given)
        #expect(refined.allSatisfy { $0.leaf == 2 && $0.refinedImage != nil })
        let error = #expect(throws: DiffusionError.self) {
            try generate(GenerationRequest(.refinement(given), seed: 1), refined: false)
        }
        #expect(error?.description.contains("diffusion model") == true)
    }

    @Test func reconstructionMayStartFromTheGivenImage() throws {
        var request = GenerationRequest(.reconstruction(images(2)), seed: 1)
        let usual = try generate(request)
        request.startsFromGivenImage = true
        let published = try generate(request)
        #expect(published.map(\.treeImage) == usual.map(\.treeImage))
        #expect(published.map(\.refinedImage) != usual.map(\.refinedImage))
    }

    @Test(arguments: [true, false])
    func progressGrowsToTheTotal(_ refined: Bool) throws {
        let run = try GenerationRun(
            GenerationRequest(.prior(count: 3), leaves: .all, seed: 1), tree: tree(), treeDigest: "abc",
            diffusion: refined ? .test() : nil, sampler: sampler, chunkSize: 4)
        #expect(run.imageCount == 9)
        #expect(run.totalSteps == 9 * (refined ? 4 : 1))
        var last = 0
        while !run.isFinished {
            try run.step()
            #expect(run.doneSteps > last)
            last = run.doneSteps
        }
        #expect(last == run.totalSteps)
    }

    @Test func wrongRequestsAreRefused() throws {
        let requests: [(GenerationRequest, String)] = [
            (GenerationRequest(.prior(count: 0), seed: 1), "more"),
            (GenerationRequest(.reconstruction([]), seed: 1), "more"),
            (GenerationRequest(.prior(count: 1), leaves: .one(3), seed: 1), "leaf 3"),
            (GenerationRequest(.prior(count: 1), leaves: .one(-1), seed: 1), "leaf -1"),
            (GenerationRequest(.reconstruction([[0, 1]]), seed: 1), "[8, 8, 1]"),
            (GenerationRequest(.refinement([[]]), seed: 1), "[8, 8, 1]"),
            (GenerationRequest(.prior(count: 2), seed: 1, firstImage: .max), "seed"),
        ]
        for (request, word) in requests {
            let error = #expect(throws: DiffusionError.self) { try generate(request) }
            #expect(error?.description.contains(word) == true, "\(error?.description ?? "") lacks \(word)")
        }
        #expect(throws: DiffusionError.self) {
            try GenerationRun(
                GenerationRequest(.prior(count: 1), seed: 1), tree: tree(), treeDigest: "other", diffusion: .test())
        }
    }

    @Test func damagedWeightsEndInAnError() throws {
        let model = try DiffusionModel.test()
        model.network.state.parameters[0].parameter.value.data[0] = .nan
        let run = try GenerationRun(
            GenerationRequest(.prior(count: 1), seed: 1), tree: tree(), treeDigest: "abc", diffusion: model,
            sampler: sampler)
        let error = #expect(throws: DiffusionError.self) { try finish(run) }
        #expect(error?.description.contains("not numbers") == true)
    }

    @Test func bytesAreClampedAndRounded() {
        #expect(
            PixelBytes.rounded([0, 1, 0.5, 1.1, -0.05, .nan, .infinity, 0.0019]) == [0, 255, 128, 255, 0, 0, 255, 0])
    }

    @Test func treeGivesTheConditionsOfTraining() throws {
        let pixels = images(6).flatMap { $0.map { UInt8($0 * 255) } }
        let data = try ImageDataset(name: "noise", height: 8, width: 8, channels: 1, pixels: pixels)
        let (tree, seed) = (try tree(), UInt64(9))
        let source = TreeConditionSource(tree: tree, images: data, seed: seed)
        let (x, leaf) = try source.conditions(for: [4, 1], step: 3)
        let again = try source.conditions(for: [1], step: 3)
        #expect(leaf[1] == again.leaf[0])
        #expect(Array(x.values[64...]) == again.reconstruction.values)
        #expect(try source.conditions(for: [1], step: 4).reconstruction.values != again.reconstruction.values)
        let best = TreeConditionSource(tree: tree, images: data, choice: .argmax, seed: seed)
        let probabilities = tree.leafProbabilities(data.tensor([0, 1, 2])).values
        for (image, leaf) in try best.conditions(for: [0, 1, 2], step: 0).leaf.enumerated() {
            let row = probabilities[image * 3..<(image + 1) * 3]
            #expect(row[row.startIndex + leaf] == row.max())
        }
    }
}
