import Neural

/// One training batch after the forward process: noisy images, what they are to be told apart from, and the conditions.
struct DiffusionBatch {
    /// x_t, `[N, H, W, C]`, in the model's pixel range.
    let noisy: Tensor
    /// ε.
    let noise: Tensor
    /// t of each image.
    let steps: [Int]
    /// x̂ in the model's pixel range; zeros where it is dropped. Nil if the network does not see it.
    let reconstruction: Tensor?
    /// Nil where the leaf is dropped.
    let leaf: [Int?]

    var count: Int { steps.count }

    /// Draws t ~ U{0 ..< T} and ε ~ N(0, 1) for each image and makes x_t of them.
    init(
        images: Tensor, reconstruction given: Tensor, leaf: [Int], step: Int, settings: DiffusionTrainingSettings,
        description: DiffusionDescription, schedule: DiffusionSchedule
    ) throws(DiffusionError) {
        let shape = description.imageShape.times(leaf.count)
        guard images.shape == shape, given.shape == shape else {
            throw DiffusionError(
                "The diffusion model is set up for images of shape \(description.imageShape), but the data set's are "
                    + "\(images.shape.ofOne) and the tree's \(given.shape.ofOne).")
        }
        let number = UInt32(truncatingIfNeeded: step)
        let range = description.pixelRange
        let kept = Self.drops(leaf.count, step: number, settings: settings).map { !$0 }
        let seen = given.scaled(to: range)
        steps = RandomKey(seed: settings.seed, use: DiffusionRandomUse.timestep, step: number)
            .integers(leaf.count, below: schedule.count)
        noise = Self.noise(shape, step: number, seed: settings.seed)
        noisy = schedule.noised(
            images.scaled(to: range), at: steps, noise: noise,
            reconstruction: description.formulation == .second ? seen : nil)
        self.leaf = zip(leaf, kept).map { $1 ? $0 : nil }
        if description.network.seesReconstruction {
            for (image, isKept) in kept.enumerated() where !isKept {
                (seen.data + image * seen.rowSize).update(repeating: 0, count: seen.rowSize)
            }
            reconstruction = seen
        } else {
            reconstruction = nil
        }
    }

    /// ε ~ N(0, 1), each image's a sequence of its own.
    private static func noise(_ shape: Shape, step: UInt32, seed: UInt64) -> Tensor {
        let noise = Tensor(shape)
        Parallel.forEach(shape[0]) { image in
            RandomKey(seed: seed, use: DiffusionRandomUse.trainingNoise, step: step, image: UInt32(image))
                .fillNormal(noise.data + image * noise.rowSize, noise.rowSize)
        }
        return noise
    }

    /// Which images are shown without conditions (Ho and Salimans 2021).
    private static func drops(_ count: Int, step: UInt32, settings: DiffusionTrainingSettings) -> [Bool] {
        guard settings.dropRate > 0 else { return Array(repeating: false, count: count) }
        let draws = RandomKey(seed: settings.seed, use: DiffusionRandomUse.conditionDrop, step: step).uniforms(count)
        return draws.map { Double(settings.dropUnit == .image ? $0 : draws[0]) < settings.dropRate }
    }
}
