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
        let shape = [leaf.count] + description.imageShape
        guard images.shape == shape, given.shape == shape else {
            throw DiffusionError(
                "The diffusion model is set up for images of shape \(description.imageShape), but the data set's are "
                    + "\(images.shape.dropFirst()) and the tree's \(given.shape.dropFirst()).")
        }
        let number = UInt32(truncatingIfNeeded: step)
        steps = RandomKey(seed: settings.seed, use: DiffusionRandomUse.timestep, step: number)
            .integers(leaf.count, below: schedule.count)
        noise = Tensor(shape)
        noisy = Tensor(shape)
        let pixels = description.imageShape.reduce(1, *)
        let (steps, noise, noisy, range) = (steps, noise, noisy, description.pixelRange)
        let adds = description.formulation == .second
        Parallel.forEach(leaf.count) { image in
            let offset = image * pixels
            RandomKey(
                seed: settings.seed, use: DiffusionRandomUse.trainingNoise, step: number, image: UInt32(image)
            ).fillNormal(noise.data + offset, pixels)
            let (signal, deviation) = (schedule.signal(steps[image]), schedule.noise(steps[image]))
            for index in offset..<offset + pixels {
                let start = Double(range.scaled(images.data[index]))
                let mean = adds ? Double(range.scaled(given.data[index])) : 0
                noisy.data[index] = Float(signal * start + mean + deviation * Double(noise.data[index]))
            }
        }
        let dropped = Self.drops(leaf.count, step: number, settings: settings)
        self.leaf = zip(leaf, dropped).map { $1 ? nil : $0 }
        reconstruction =
            description.network.seesReconstruction ? Self.conditions(given, dropped: dropped, range: range) : nil
    }

    /// Which images are shown without conditions (Ho and Salimans 2021).
    private static func drops(_ count: Int, step: UInt32, settings: DiffusionTrainingSettings) -> [Bool] {
        guard settings.dropRate > 0 else { return Array(repeating: false, count: count) }
        let draws = RandomKey(seed: settings.seed, use: DiffusionRandomUse.conditionDrop, step: step).uniforms(count)
        return draws.map { Double(settings.dropUnit == .image ? $0 : draws[0]) < settings.dropRate }
    }

    private static func conditions(_ given: Tensor, dropped: [Bool], range: PixelRange) -> Tensor {
        let result = Tensor(given.shape)
        let pixels = given.count / max(1, dropped.count)
        for (image, isDropped) in dropped.enumerated() {
            for index in image * pixels..<(image + 1) * pixels {
                result.data[index] = isDropped ? 0 : range.scaled(given.data[index])
            }
        }
        return result
    }
}
