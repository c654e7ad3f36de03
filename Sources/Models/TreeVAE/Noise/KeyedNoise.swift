import Neural

/// Counter-based noise: a function of (seed, step, image, node), so that an image's draws do not depend on its company.
package struct KeyedNoise: NoiseSource {
    package let seed: UInt64
    /// The identity of each image of the batch.
    package let images: [UInt32]
    // These two last: so it fills three words, which an existential holds without memory from the heap.
    package let step: UInt32
    /// What is added to a node's index to make the key's use.
    private let use: UInt32

    package init(seed: UInt64, step: UInt32, images: [UInt32]) {
        self.init(seed: seed, step: step, images: images, use: TreeRandomUse.latents)
    }

    init(seed: UInt64, step: UInt32, images: [UInt32], use: UInt32) {
        self.seed = seed
        self.step = step
        self.images = images
        self.use = use
    }

    package func noise(node: Int, images positions: [Int], shape: Shape, in graph: Graph) -> Tensor {
        let result = graph.tensor(shape.times(positions.count))
        let size = shape.values
        Parallel.forEach(positions.count) { row in
            let key = RandomKey(
                seed: seed, use: use &+ UInt32(truncatingIfNeeded: node), step: step,
                image: images[positions[row]])
            key.fillNormal(result.data + row * size, size)
        }
        return result
    }
}
