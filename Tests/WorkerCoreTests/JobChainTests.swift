import Foundation
import Imaging
import Models
import Testing
import Wire
import WorkerCore

/// From raw files to refined images, each job with what the one before it made.
@Suite(.serialized) struct JobChainTests {
    @Test func fromFilesToRefinedImages() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            let dataset = try importSquares(bench)
            let tree = try bench.tree(dataset)
            let training = try bench.products(JobBench.diffusionSpec(dataset, tree))
            let model = try #require(training.artifacts.first)
            #expect(model.facts.treeSha256 == tree.sha256 && model.kind == .diffusion)
            let curve = try #require(training.files.first { $0.name == "metrics.jsonl" })
            #expect(curve.bytes.split(separator: 10).count == 5)
            let diffusion = try bench.artifact("sharp", model.bytes)

            let sampling = attempt(JobBench.sampleSpec(tree, diffusion))
            let made = try bench.products(sampling)
            #expect(sampling.takeLines(10).contains { $0.hasPrefix("Needs about ") })
            let names = made.files.map(\.name)
            for name in ["images/00000-leaf0.png", "tree/00002-leaf1.png", "sheet-tree.png", "sheet-refined.png"] {
                #expect(names.contains(name), "\(name)")
            }
            #expect(names.count == 14 && Set(names).count == 14)
            try requireRecipe(made, tree, diffusion)

            let again = try bench.products(JobBench.sampleSpec(tree, diffusion))
            #expect(again.files.map(\.bytes) == made.files.map(\.bytes))
            let other = try bench.products(JobBench.sampleSpec(tree, diffusion, seed: 2))
            #expect(zip(other.files, made.files).allSatisfy { $0.bytes != $1.bytes })
            try requireRefinementOfFiles(bench, made, tree, diffusion)
        }
    }

    private func importSquares(_ bench: JobBench) throws -> Grove_V1_ArtifactRef {
        let squares = try JobBench.squares()
        let labels = try #require(squares.labels)
        var spec = Grove_V1_JobSpec()
        spec.importDataset.name = "squares"
        spec.importDataset.files = [
            try bench.file("README.md", [65]),
            try bench.file(
                "train-images-idx3-ubyte.gz",
                gzip([0, 0, 8, 3, 0, 0, 0, 64, 0, 0, 0, 28, 0, 0, 0, 28] + squares.pixels)),
            try bench.file("train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 64] + labels),
        ]
        let made = try #require(try bench.products(spec).artifacts.first)
        #expect(made.kind == .dataset && made.facts.images == 64 && made.facts.labelled)
        #expect(try DatasetContainer.decode(name: "squares", bytes: made.bytes).pixels == squares.pixels)
        return try bench.artifact("squares", made.bytes)
    }

    private func requireRecipe(
        _ made: JobProducts, _ tree: Grove_V1_ArtifactRef, _ diffusion: Grove_V1_ArtifactRef
    ) throws {
        let file = try #require(made.files.first { $0.name == "images/00001-leaf1.png" })
        let text = try PNG.text(file.bytes)
        #expect(text["grove.kind"] == "sample" && text["grove.seed"] == "1" && text["grove.leaf"] == "1")
        #expect(text["grove.image"] == "1" && text["grove.steps"] == "3" && text["grove.sampler"] == "ddim")
        #expect(text["grove.tree"] == "tree@1 sha256:\(tree.sha256)")
        #expect(text["grove.diffusion"] == "sharp@1 sha256:\(diffusion.sha256)")
        for file in made.files {
            let words = String(decoding: file.bytes, as: UTF8.self)
            #expect(!words.contains(jobID), "the same recipe must give the same file, whichever job makes it")
        }
    }

    private func requireRefinementOfFiles(
        _ bench: JobBench, _ made: JobProducts, _ tree: Grove_V1_ArtifactRef, _ diffusion: Grove_V1_ArtifactRef
    ) throws {
        let given = try #require(made.files.first { $0.name == "tree/00000-leaf1.png" })
        var spec = Grove_V1_JobSpec()
        spec.refine.tree = tree
        spec.refine.refinement.diffusion = diffusion
        spec.refine.refinement.steps = 2
        spec.refine.images = [try bench.file("blurred.png", given.bytes)]
        let refined = try bench.products(spec)
        #expect(refined.files.contains { $0.name == "sheet.png" })
        let file = try #require(refined.files.first { $0.name.hasPrefix("images/") })
        #expect(try PNG.text(file.bytes)["grove.source"] == "blurred.png")
        #expect(try PNG.decode(file.bytes).width == 28)
    }

    @Test func aThousandImagesComePacked() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            let tree = try bench.tree(bench.squares())
            let made = try bench.products(JobBench.sampleSpec(tree, count: 501))
            #expect(made.files.map(\.name) == ["images-00000.zip", "images-00001.zip", "sheet-tree.png"])
            // The number of members, from the end record.
            #expect(made.files.prefix(2).map { members($0.bytes) } == [1000, 2])
        }
    }

    /// From the archive's end record.
    private func members(_ archive: [UInt8]) -> Int {
        Int(archive[archive.count - 12]) | Int(archive[archive.count - 11]) << 8
    }

    @Test func reconstructionsNameTheirSources() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            let dataset = try bench.squares()
            var spec = Grove_V1_JobSpec()
            spec.reconstruct.tree = try bench.tree(dataset)
            spec.reconstruct.dataset = dataset
            spec.reconstruct.count = 13
            let made = try bench.products(spec)
            #expect(made.files.count == 14)
            let texts = try made.files.dropLast().map { try PNG.text($0.bytes)["grove.source"] }
            #expect(texts == (0..<13).map { "squares@1#\($0)" })
            spec.reconstruct.count = 65
            #expect(try bench.failure(spec).message.contains("64 images"))
        }
    }
}
