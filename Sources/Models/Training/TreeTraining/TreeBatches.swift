import Neural

/// Makes a view of an image in place, `[height, width, channels]` in [0, 1], drawing from a stream of its own.
package typealias ImageAugmentation =
    @Sendable (
        _ image: UnsafeMutablePointer<Float>, _ height: Int, _ width: Int, _ channels: Int, _ random: inout RandomStream
    ) -> Void

/// The images of one training step.
struct TreeBatch {
    /// `[N, H, W, C]`; with two views, all first views and then all second ones.
    let images: Tensor
    /// Positions in the data set, one a row of `images`.
    let indices: [Int]
    /// What keys the noise of each row: the position, and which view it is.
    let identities: [UInt32]
}

/// The order in which a stage visits its images: each epoch a permutation of its own, the last incomplete batch left out.
struct TreeBatches {
    let dataset: ImageDataset
    /// The images that take part.
    let members: [Int]
    let settings: TreeTrainingSettings
    /// Which stage of the run this is, counted from 0.
    let stage: Int
    /// Views of each image in a batch.
    let views: Int
    /// Makes the views; nil where the images themselves are meant.
    let augmentation: ImageAugmentation?
    private var order: (epoch: Int, positions: [Int]) = (-1, [])

    init(
        dataset: ImageDataset, members: [Int], settings: TreeTrainingSettings, stage: Int, views: Int,
        augmentation: ImageAugmentation?
    ) {
        self.dataset = dataset
        self.members = members
        self.settings = settings
        self.stage = stage
        self.views = views
        self.augmentation = augmentation
    }

    /// Different images a step.
    var imagesPerStep: Int { min(settings.batchSize / views, members.count) }

    var stepsPerEpoch: Int { members.count / imagesPerStep }

    /// - Parameter step: of the whole run; it keys the views.
    /// - Returns: the batch, and where its images stand in `members`, one a row.
    mutating func batch(epoch: Int, batch: Int, step: Int) -> (batch: TreeBatch, members: [Int]) {
        if order.epoch != epoch {
            let key = RandomKey(
                seed: settings.seed, use: TreeRandomUse.order, step: UInt32(truncatingIfNeeded: stage),
                image: UInt32(truncatingIfNeeded: epoch))
            order = (epoch, key.permutation(members.count))
        }
        let chosen = order.positions[batch * imagesPerStep..<(batch + 1) * imagesPerStep]
        let rows = (0..<views).flatMap { _ in chosen }
        let indices = rows.map { members[$0] }
        let identities = indices.enumerated().map { row, index in
            UInt32(truncatingIfNeeded: index) | (row < chosen.count ? 0 : 1 << 31)
        }
        let images = dataset.tensor(indices)
        augment(images, identities, step: step)
        return (TreeBatch(images: images, indices: indices, identities: identities), rows)
    }

    private func augment(_ images: Tensor, _ identities: [UInt32], step: Int) {
        guard let augmentation else { return }
        let size = dataset.imageSize
        Parallel.forEach(identities.count) { row in
            var random = RandomKey(
                seed: settings.seed, use: TreeRandomUse.view, step: UInt32(truncatingIfNeeded: step),
                image: identities[row]
            ).stream()
            augmentation(images.data + row * size, dataset.height, dataset.width, dataset.channels, &random)
        }
    }
}
