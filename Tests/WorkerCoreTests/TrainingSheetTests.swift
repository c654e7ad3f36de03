import Foundation
import Imaging
import Models
import Neural
import Testing
import Wire

@testable import WorkerCore

/// Sheets that a training draws on its way.
@Suite(.serialized) struct TrainingSheetTests {
    private func context(_ bench: JobBench, _ attempt: RunningAttempt, _ folder: URL) throws -> JobContext {
        let blobs = try BlobCache(directory: folder, capacity: 1 << 30, link: bench.broker)
        return JobContext(
            attempt: attempt, link: bench.broker, blobs: blobs, models: ModelCache(blobs: blobs, capacity: 1 << 30),
            precedence: Precedence(share: 1))
    }

    @Test func aRowALeafOfTheTreeOrOfTheDiffusionModel() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            let running = attempt()
            let dataset = try bench.squares()
            let artifact = try bench.tree(dataset)
            let context = try context(bench, running, folder)
            let tree = try context.tree(artifact)
            let sheet = TrainingSheet(title: "squares", seed: 5, context)
            let first = try #require(try sheet.file(step: 12, tree: tree.tree))
            #expect(first.name == "sheets/step-00000012.png")
            #expect(try sheet.file(step: 12, tree: tree.tree)?.bytes == first.bytes)
            // Title, margins, two rows of eight images of 84 pixels.
            let image = try PNG.decode(first.bytes)
            #expect(image.width >= 8 * 84 && image.height >= 2 * 84)

            let training = try #require(try bench.products(JobBench.diffusionSpec(dataset, artifact)).artifacts.first)
            let model = try DiffusionModelFile.load(training.bytes)
            let refined = try #require(
                try sheet.file(step: 1, tree: tree.tree, digest: tree.digest, diffusion: model))
            #expect(try PNG.decode(refined.bytes).width < image.width)
            running.requestStop(.shutdown)
            #expect(try sheet.file(step: 13, tree: tree.tree)?.name == nil)
        }
    }
}
