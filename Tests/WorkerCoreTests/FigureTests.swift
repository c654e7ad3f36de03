import Imaging
import Models
import Testing
import Wire
import WorkerCore

@Suite(.serialized) struct FigureTests {
    private static let all = ["generations", "one-root", "reconstructions", "classes"]

    private func spec(_ dataset: Grove_V1_ArtifactRef?, _ tree: Grove_V1_ArtifactRef) -> Grove_V1_JobSpec {
        var spec = Grove_V1_JobSpec()
        spec.figure.tree = tree
        spec.figure.seed = 3
        if let dataset { spec.figure.dataset = dataset }
        return spec
    }

    @Test func everyFigureIsDrawnTwice() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            let dataset = try bench.squares()
            let tree = try bench.tree(dataset)
            var spec = spec(dataset, tree)
            spec.figure.classifier = try bench.classifier(dataset)
            spec.figure.leafImages = 12
            let diffusion = try #require(try bench.products(JobBench.diffusionSpec(dataset, tree)).artifacts.first)
            spec.figure.refinement.diffusion = try bench.artifact("sharp", diffusion.bytes)
            spec.figure.refinement.steps = 2
            var blind = JobBench.diffusionSpec(dataset, tree)
            blind.trainDiffusion.settings.leafConditioning = "none"
            let unconditional = try #require(try bench.products(blind).artifacts.first)
            spec.figure.unconditional = try bench.artifact("blind", unconditional.bytes)

            let made = try bench.products(spec).files
            #expect(made.map(\.name) == Self.all.flatMap { ["\($0).png", "\($0).svg"] })
            for file in made where file.mediaType == "image/png" {
                #expect(try PNG.text(file.bytes)["grove.kind"] == "figure")
                #expect(try PNG.decode(file.bytes).channels == 3)
            }
            func svg(_ name: String) throws -> String {
                String(decoding: try #require(made.first { $0.name == "\(name).svg" }).bytes, as: UTF8.self)
            }
            // Three rows of two leaves; three rows of ten images.
            #expect(try svg("one-root").split(separator: "<image").count == 7)
            #expect(try svg("one-root").contains("(unconditional)") && svg("one-root").contains("L1: p="))
            #expect(try svg("reconstructions").split(separator: "<image").count == 31)
            #expect(try svg("classes").contains("tot "))
            #expect(try bench.products(spec).files.map(\.bytes) == made.map(\.bytes))

            // A model that sees the leaf is no unconditional one.
            spec.figure.unconditional = spec.figure.refinement.diffusion
            #expect(try bench.failure(spec).message.contains("leaf_conditioning=none"))
        }
    }

    @Test func onlyWhatIsThereIsDrawn() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            let squares = try JobBench.squares()
            let tree = try bench.tree(bench.squares())
            #expect(
                try bench.products(spec(nil, tree)).files.map(\.name) == [
                    "generations.png", "generations.svg", "one-root.png", "one-root.svg",
                ])
            let bare = try bench.artifact(
                "bare",
                DatasetContainer.encode(
                    ImageDataset(name: "bare", height: 28, width: 28, channels: 1, pixels: squares.pixels)))
            var spec = spec(bare, tree)
            spec.figure.kinds = [.reconstructions]
            #expect(try bench.products(spec).files.map(\.name) == ["reconstructions.png", "reconstructions.svg"])
            spec.figure.kinds = [.classes]
            #expect(try bench.failure(spec).message.contains("no labels"))
        }
    }
}
