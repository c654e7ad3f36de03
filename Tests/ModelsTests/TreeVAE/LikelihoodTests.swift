import Foundation
import Models
import Neural
import Testing

@Suite struct LikelihoodTests {
    private func tree(_ output: TreeVAEConfiguration.Output = .sigmoid) throws -> TreeVAE {
        try TreeVAE(
            TreeVAEConfiguration(
                output: output, latentChannels: [2, 2, 2], bottomUpChannels: [4, 4, 4], representationSize: 2,
                imageSize: 8, imageChannels: 1, architecture: .residual), seed: 3)
    }

    private func dataset(_ count: Int) throws -> ImageDataset {
        let pixels = RandomKey(seed: 5, use: 1).integers(count * 64, below: 256).map { UInt8($0) }
        return try ImageDataset(name: "noise", height: 8, width: 8, channels: 1, pixels: pixels)
    }

    private func estimate(_ tree: TreeVAE, _ dataset: ImageDataset, samples: Int, batch: Int = 256) -> Double {
        let run = LikelihoodRun(tree, dataset: dataset, samples: samples, seed: 7, batch: batch)
        while !run.isFinished { run.step() }
        #expect(run.doneSteps == run.totalSteps)
        return run.logLikelihood
    }

    @Test func oneSampleIsTheELBO() throws {
        let (tree, dataset) = (try tree(), try dataset(10))
        let evaluation = try TreeEvaluation(tree, dataset: dataset, seed: 7)
        #expect(abs(estimate(tree, dataset, samples: 1) + evaluation.negativeELBO) < 1e-4)
    }

    /// log (1/K) Σ exp(−E_k), the E_k from passes of their own.
    @Test func manySamplesAreTheirLogMean() throws {
        let (tree, dataset) = (try tree(), try dataset(5))
        let energies = (0..<4).map { step in
            tree.pass(
                dataset.tensor(0..<5), noise: KeyedNoise(seed: 7, step: UInt32(step), images: Array(0..<5)),
                in: .inference
            ).negativeELBOs
        }
        var expected = 0.0
        for image in 0..<5 {
            let own = energies.map { $0[image] }
            let smallest = own.min() ?? 0
            let sum: Double = own.map { exp(smallest - $0) }.reduce(0, +)
            expected += (log(sum / 4) - smallest) / 5
        }
        #expect(abs(estimate(tree, dataset, samples: 4) - expected) < 1e-4)
    }

    @Test func batchesDoNotMatter() throws {
        let (tree, dataset) = (try tree(), try dataset(10))
        let whole = estimate(tree, dataset, samples: 3)
        #expect(abs(estimate(tree, dataset, samples: 3, batch: 4) - whole) < 1e-9)
    }

    /// Squared errors are the exponent of a normal density of variance 1/2.
    @Test func linearOutputsHaveADensity() throws {
        let (tree, dataset) = (try tree(.linear), try dataset(10))
        let evaluation = try TreeEvaluation(tree, dataset: dataset, seed: 7)
        let expected = -evaluation.negativeELBO - 32 * log(Double.pi)
        #expect(abs(estimate(tree, dataset, samples: 1) - expected) < 1e-3)
    }
}
