import Imaging
import Testing
import Wire
import WorkerCore

/// Models as files: what was exported comes back as it was.
@Suite(.serialized) struct ImportModelTests {
    private func imported(
        _ bench: JobBench, _ bytes: [UInt8], tree: Grove_V1_ArtifactRef? = nil, compact: Bool = false
    ) throws -> Grove_V1_JobSpec {
        var spec = Grove_V1_JobSpec()
        spec.importModel.name = "again"
        spec.importModel.file = try bench.file("model.safetensors", bytes)
        if let tree { spec.importModel.tree = tree }
        spec.importModel.compact = compact
        return spec
    }

    @Test func ourOwnFilesAreKeptByteByByte() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            let dataset = try bench.squares()
            let made = try #require(try bench.products(JobBench.treeSpec(dataset)).artifacts.first)
            let again = try #require(try bench.products(imported(bench, made.bytes)).artifacts.first)
            #expect(again.kind == .tree && again.bytes == made.bytes && again.facts.leaves == 2)

            // So its diffusion model still belongs to it.
            let tree = try bench.artifact("again", again.bytes)
            let model = try #require(try bench.products(JobBench.diffusionSpec(dataset, tree)).artifacts.first)
            let kept = try #require(try bench.products(imported(bench, model.bytes, tree: tree)).artifacts.first)
            #expect(kept.bytes == model.bytes && kept.facts.treeSha256 == tree.sha256)
        }
    }

    @Test func aCompactDiffusionModelDrawsNearlyTheSame() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            let dataset = try bench.squares()
            let tree = try bench.tree(dataset)
            let model = try #require(try bench.products(JobBench.diffusionSpec(dataset, tree)).artifacts.first)
            let compact = try #require(
                try bench.products(imported(bench, model.bytes, tree: tree, compact: true)).artifacts.first)
            #expect(compact.bytes.count < model.bytes.count / 3)
            #expect(compact.facts == model.facts)
            let drawn = try [model.bytes, compact.bytes].map { bytes in
                let spec = JobBench.sampleSpec(tree, try bench.artifact("sharp", bytes))
                let images = try bench.products(spec).files.filter { $0.name.hasPrefix("images/") }
                return try images.flatMap { try PNG.decode($0.bytes).pixels }
            }
            #expect(drawn[0].count == 6 * 28 * 28 && drawn[0] != drawn[1])
            let far = zip(drawn[0], drawn[1]).map { abs(Int($0) - Int($1)) }.max() ?? 255
            #expect(far <= 8, "\(far) grey levels")
        }
    }

    @Test func onlyADiffusionModelCanBeCompact() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            let dataset = try bench.squares()
            for spec in [JobBench.treeSpec(dataset), JobBench.classifierSpec(dataset)] {
                let made = try #require(try bench.products(spec).artifacts.first)
                let error = try bench.failure(imported(bench, made.bytes, compact: true))
                #expect(error.code == .invalidArgument && error.message.contains("--compact"), "\(error)")
            }
        }
    }
}
