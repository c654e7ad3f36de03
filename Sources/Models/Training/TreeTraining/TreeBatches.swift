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
    /// Where the images stand among the stage's members, one a row of `images`.
    let members: [Int]
    /// What keys the noise of each row: the position in the data set, and which view it is.
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
    private var order: EpochOrder
    // Lists of the latest batch, whose memory serves the next.
    private var rows: [Int] = []
    private var indices: [Int] = []
    private var identities: [UInt32] = []

    init(
        dataset: ImageDataset, members: [Int], settings: TreeTrainingSettings, stage: Int, views: Int,
        augmentation: ImageAugmentation?
    ) {
        self.dataset = dataset
        self.members = members
        order = EpochOrder(of: members.count)
        self.settings = settings
        self.stage = stage
        self.views = views
        self.augmentation = augmentation
    }

    /// Different images a step.
    var imagesPerStep: Int { min(settings.batchSize / views, members.count) }

    var stepsPerEpoch: Int { members.count / imagesPerStep }

    /// - Parameters:
    ///   - step: of the whole run; it keys the views.
    ///   - graph: whose tensor the images become.
    mutating func batch(epoch: Int, batch: Int, step: Int, in graph: Graph) -> TreeBatch {
        let key = RandomKey(
            seed: settings.seed, use: TreeRandomUse.order, step: UInt32(truncatingIfNeeded: stage),
            image: UInt32(truncatingIfNeeded: epoch))
        let chosen = order.images(at: batch * imagesPerStep..<(batch + 1) * imagesPerStep, of: key)
        rows.removeAll(keepingCapacity: true)
        indices.removeAll(keepingCapacity: true)
        identities.removeAll(keepingCapacity: true)
        for view in 0..<views {
            for member in chosen {
                rows.append(member)
                indices.append(members[member])
                identities.append(UInt32(truncatingIfNeeded: members[member]) | (view == 0 ? 0 : 1 << 31))
            }
        }
        let images = dataset.tensor(indices, in: graph)
        augment(images, identities, step: step)
        return TreeBatch(images: images, members: rows, identities: identities)
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
