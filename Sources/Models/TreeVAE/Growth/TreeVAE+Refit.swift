import Neural

extension TreeVAE {
    /// Fits all batch normalisations to batches of all images, without a change to what the tree computes in evaluation.
    ///
    /// A small tree has seen the images of one leaf. Where the whole tree is trained, every node sees every image, and
    /// normalised by their wider statistics the images of that leaf look nearly alike to the new routers: one of the two new
    /// leaves gets them all. The authors' long stages learn the split again; short ones do not.
    func refitNorms(to dataset: ImageDataset, seed: UInt64, step: UInt32, batch: Int) {
        let count = min(dataset.count, Self.imagesOfARefit)
        let indices = (0..<count).map { $0 * dataset.count / count }
        let population = BatchNormPopulation()
        let graph = population.graph
        for first in stride(from: 0, to: count, by: batch) {
            let chosen = Array(indices[first..<min(first + batch, count)])
            let noise = KeyedNoise(seed: seed, step: step, images: chosen.map { UInt32(truncatingIfNeeded: $0) })
            _ = pass(dataset.tensor(chosen), noise: noise, in: graph)
        }
        population.settle()
    }

    /// Some batches: as many as statistics over all images need, in about a second.
    private static let imagesOfARefit = 2048
}
