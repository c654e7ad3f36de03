import Foundation
import Neural

/// The log-likelihood of a tree on a data set, estimated as the authors do: log (1/K) Σ_k exp(−E_k(x)), the mean over images,
/// where E_k is the negative ELBO of an image under its k-th noise.
///
/// By Jensen's inequality it is at least the ELBO, and grows with K. A stepper: one noise for a batch of images a step.
package final class LikelihoodRun {
    private let tree: TreeVAE
    private let dataset: ImageDataset
    private let samples: Int
    private let seed: UInt64
    private let batchSize: Int

    private var nextImage = 0
    private var batch: Batch?
    private var sum = 0.0

    /// - Parameters:
    ///   - samples: K, at least 1.
    ///   - seed: of the latents' noise; the same seed gives the same number, on any number of cores.
    ///   - batch: images a pass; it bounds memory.
    package init(_ tree: TreeVAE, dataset: ImageDataset, samples: Int, seed: UInt64, batch: Int = TreeEvaluation.batch)
    {
        precondition(samples >= 1 && batch >= 1, "LikelihoodRun: \(samples) samples of \(batch) images")
        self.tree = tree
        self.dataset = dataset
        self.samples = samples
        self.seed = seed
        batchSize = batch
    }

    package var isFinished: Bool { batch == nil && nextImage == dataset.count }
    package var totalSteps: Int { (dataset.count + batchSize - 1) / batchSize * samples }
    package private(set) var doneSteps = 0

    /// In nats an image, once the run is finished.
    package var logLikelihood: Double { sum / Double(dataset.count) + densityOffset }

    package func step() {
        precondition(!isFinished, "LikelihoodRun: the run is finished")
        var batch = self.batch ?? nextBatch()
        batch.add(tree, seed: seed)
        doneSteps += 1
        self.batch = batch
        guard batch.samples == samples else { return }
        sum += batch.estimates.reduce(0, +)
        self.batch = nil
    }

    private func nextBatch() -> Batch {
        let range = nextImage..<min(nextImage + batchSize, dataset.count)
        nextImage = range.upperBound
        let images = dataset.tensor(range)
        return Batch(images: images, range: range, features: tree.features(images, in: .inference))
    }

    /// (x−x̂)² is the exponent of a normal density of variance ½, which has a factor besides; Bernoulli has none.
    private var densityOffset: Double {
        tree.configuration.output == .linear ? -Double(dataset.imageSize) / 2 * log(Double.pi) : 0
    }
}

/// Images on their way through K noises; what does not depend on the noise is computed once.
private struct Batch {
    let images: Tensor
    let range: Range<Int>
    let features: [Tensor]
    private(set) var samples = 0
    /// max_k −E_k and Σ_k exp(−E_k − max) of each image.
    private var largest: [Double]
    private var sums: [Double]

    init(images: Tensor, range: Range<Int>, features: [Tensor]) {
        self.images = images
        self.range = range
        self.features = features
        largest = Array(repeating: -.infinity, count: range.count)
        sums = Array(repeating: 0, count: range.count)
    }

    mutating func add(_ tree: TreeVAE, seed: UInt64) {
        let noise = KeyedNoise(
            seed: seed, step: UInt32(samples), images: range.map { UInt32(truncatingIfNeeded: $0) })
        let pass = tree.pass(images, features: features, noise: noise, in: .inference)
        for (image, energy) in pass.negativeELBOs.enumerated() {
            let top = max(largest[image], -energy)
            sums[image] = sums[image] * exp(largest[image] - top) + exp(-energy - top)
            largest[image] = top
        }
        samples += 1
    }

    var estimates: [Double] {
        largest.indices.map { largest[$0] + log(sums[$0]) - log(Double(samples)) }
    }
}
