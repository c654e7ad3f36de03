import Foundation
import GroveClient
import Models
import Neural

/// A whole sampling job: through a broker and a worker, from the submit to the result on this side's disk.
enum SampleCase {
    static let all = [
        BenchmarkCase("sample.small", .job, batch: 64) { item in
            try await LocalService.with { try await measure(item, $0) }
        }
    ]

    private static let steps = 50

    /// The median of five jobs, after one that brings the models into the worker's memory, over the network's passes alone.
    private static func measure(_ item: BenchmarkCase, _ service: LocalService) async throws -> [BenchmarkLine] {
        let models = try SampledModels(service.folder)
        try await service.importModel("tree", models.treeFile)
        try await service.importModel("diffusion", models.diffusionFile, tree: "tree")
        _ = try await job(item, service, seed: 0)
        var times: [Double] = []
        for seed in 1...5 { times.append(try await job(item, service, seed: UInt64(seed))) }
        times.sort()
        let (whole, bare) = (times[times.count / 2], try models.barePasses(images: item.batch, steps: steps))
        return [
            item.line([
                ("images_per_second", .number(Double(item.batch) / whole)), ("milliseconds", .number(whole * 1000)),
                ("bare_passes_milliseconds", .number(bare * 1000)), ("over_bare_passes", .number(whole / bare)),
            ])
        ]
    }

    /// Seconds until the results of a job are here.
    private static func job(_ item: BenchmarkCase, _ service: LocalService, seed: UInt64) async throws -> Double {
        var spec = JobSpec()
        spec.sample.tree = try ArtifactRef.parse("tree")
        spec.sample.count = UInt32(item.batch)
        spec.sample.leaves = .drawn
        spec.sample.seed = seed
        spec.sample.refinement.diffusion = try ArtifactRef.parse("diffusion")
        spec.sample.refinement.steps = UInt32(steps)
        let clock = ContinuousClock()
        let start = clock.now
        let job = try await service.run(spec)
        _ = try await service.client.download(resultsOf: job, to: service.folder.path + "/\(seed)") { _, _, _ in }
        return (clock.now - start) / .seconds(1)
    }
}

/// A tree with ten leaves and a diffusion model of preset `small` for digits, with random weights: as fast as trained ones.
private struct SampledModels {
    let treeFile: URL
    let diffusionFile: URL
    private let network: UNet

    init(_ folder: URL) throws {
        treeFile = folder.appending(path: "tree.safetensors")
        diffusionFile = folder.appending(path: "diffusion.safetensors")
        let settings = TreeTrainingSettings.preset(.small, imageSize: 28, imageChannels: 1)
        let tree = try TreeCases.tenLeaves(settings).fileBytes()
        let configuration = DiffusionTrainingSettings.preset(.small, imageSize: 28, imageChannels: 1).network
        network = try UNet(configuration, seed: 1)
        let description = DiffusionDescription(
            network: configuration, leafCount: 10, treeDigest: SHA256.hexDigest(of: tree))
        let weights = network.state.tensors()
        try Data(tree).write(to: treeFile)
        try Data(DiffusionModelFile.encode(description, raw: weights, average: weights)).write(to: diffusionFile)
    }

    /// Seconds that the network's passes for a job take, in the worker's batches of 16 and nothing else.
    func barePasses(images: Int, steps: Int) throws -> Double {
        let (batch, size) = (16, network.configuration.imageSize)
        let shape = Shape(batch, size, size, 1)
        let x = Tensor(shape, RandomKey(seed: 1, use: 1).normals(shape.values))
        let graph = Graph.inference
        let pass = Stopwatch(seconds: 4) {
            _ = network(
                x, steps: Array(repeating: 500, count: batch), reconstruction: x,
                signal: network.signal((0..<batch).map { $0 % 10 }), in: graph)
        }
        return pass.median * Double(steps * (images / batch))
    }
}
