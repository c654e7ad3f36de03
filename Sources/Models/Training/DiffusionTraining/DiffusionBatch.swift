import Neural

/// One training batch after the forward process: noisy images, what they are to be told apart from, and the conditions.
struct DiffusionBatch {
    /// What there is one of an image. A training keeps the lists, so that their memory serves again.
    struct Lists {
        /// t.
        fileprivate(set) var steps: [Int] = []
        /// Nil where the leaf is dropped.
        fileprivate(set) var leaf: [Int?] = []

        /// Takes over those of some images of a batch.
        mutating func set(to batch: Lists, of images: Range<Int>) {
            removeAll()
            steps.append(contentsOf: batch.steps[images])
            leaf.append(contentsOf: batch.leaf[images])
        }

        fileprivate mutating func removeAll() {
            steps.removeAll(keepingCapacity: true)
            leaf.removeAll(keepingCapacity: true)
        }
    }

    /// x_t, `[N, H, W, C]`, in the model's pixel range.
    let noisy: Tensor
    /// ε.
    let noise: Tensor
    /// x̂ in the model's pixel range; zeros where it is dropped. Nil if the network does not see it.
    let reconstruction: Tensor?

    /// Draws t ~ U{0 ..< T} and ε ~ N(0, 1) for each image and makes x_t of them.
    ///
    /// - Parameter graph: whose tensors they become.
    init(
        images: Tensor, reconstruction given: Tensor, leaf: [Int], step: Int, settings: DiffusionTrainingSettings,
        description: DiffusionDescription, schedule: DiffusionSchedule, lists: inout Lists, in graph: Graph
    ) throws(DiffusionError) {
        let shape = description.imageShape.times(leaf.count)
        guard images.shape == shape, given.shape == shape else {
            throw DiffusionError(
                "The diffusion model is set up for images of shape \(description.imageShape), but the data set's are "
                    + "\(images.shape.ofOne) and the tree's \(given.shape.ofOne).")
        }
        let number = UInt32(truncatingIfNeeded: step)
        let range = description.pixelRange
        let seen = given.scaled(to: range, in: graph)
        lists.draw(leaf, step: number, settings: settings, below: schedule.count)
        noise = Self.noise(shape, step: number, seed: settings.seed, in: graph)
        noisy = schedule.noised(
            images.scaled(to: range, in: graph), at: lists.steps, noise: noise,
            reconstruction: description.formulation == .second ? seen : nil, in: graph)
        if description.network.seesReconstruction {
            for (image, leaf) in lists.leaf.enumerated() where leaf == nil {
                (seen.data + image * seen.rowSize).update(repeating: 0, count: seen.rowSize)
            }
            reconstruction = seen
        } else {
            reconstruction = nil
        }
    }

    /// ε ~ N(0, 1), each image's a sequence of its own.
    private static func noise(_ shape: Shape, step: UInt32, seed: UInt64, in graph: Graph) -> Tensor {
        let noise = graph.tensor(shape)
        Parallel.forEach(shape[0]) { image in
            RandomKey(seed: seed, use: DiffusionRandomUse.trainingNoise, step: step, image: UInt32(image))
                .fillNormal(noise.data + image * noise.rowSize, noise.rowSize)
        }
        return noise
    }
}

extension DiffusionBatch.Lists {
    /// - Parameter bound: of t.
    fileprivate mutating func draw(
        _ leaves: [Int], step: UInt32, settings: DiffusionTrainingSettings, below bound: Int
    ) {
        removeAll()
        var times = RandomKey(seed: settings.seed, use: DiffusionRandomUse.timestep, step: step).stream()
        let draws = Scratch(leaves.count)
        RandomKey(seed: settings.seed, use: DiffusionRandomUse.conditionDrop, step: step)
            .fillUniform(draws.data, leaves.count)
        for (image, index) in leaves.enumerated() {
            steps.append(times.integer(below: bound))
            // Some images are shown without conditions (Ho and Salimans 2021).
            let draw = settings.dropUnit == .image ? draws.data[image] : draws.data[0]
            leaf.append(Double(draw) < settings.dropRate ? nil : index)
        }
    }
}
