import Neural

/// Counter-based noise: a function of (seed, step, image, node), so that an image's draws do not depend on its company.
package struct KeyedNoise: NoiseSource {
    /// The consumer's number in `RandomKey.use`, to which the node's index is added ("TR").
    static let randomUse: UInt32 = 0x5452_0000

    package let seed: UInt64
    package let step: UInt32
    /// The identity of each image of the batch.
    package let images: [UInt32]

    package init(seed: UInt64, step: UInt32, images: [UInt32]) {
        self.seed = seed
        self.step = step
        self.images = images
    }

    package func noise(node: Int, images positions: [Int], shape: [Int]) -> Tensor {
        let result = Tensor([positions.count] + shape)
        let size = shape.reduce(1, *)
        Parallel.forEach(positions.count) { row in
            let key = RandomKey(
                seed: seed, use: Self.randomUse &+ UInt32(truncatingIfNeeded: node), step: step,
                image: images[positions[row]])
            key.fillNormal(result.data + row * size, size)
        }
        return result
    }
}
