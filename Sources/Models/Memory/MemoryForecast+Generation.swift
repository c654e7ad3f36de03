import Neural

extension DiffusionModel {
    /// A pass of a sampling run, with the weights as its kernels read them.
    package func passMemory() -> PassMemory {
        PassMemory(unit: 2) { count in
            let images = Tensor.zeros(description.imageShape.times(count))
            _ = network(
                images, steps: Array(repeating: 0, count: count), reconstruction: images,
                signal: network.signal(Array(repeating: 0, count: count)), in: .inference)
        }
    }
}

extension GenerationRun {
    /// The peak of the run beside its models, with all its images in memory.
    ///
    /// - Parameter pass: of the diffusion model, if there is one.
    package func memoryForecast(pass: PassMemory?) -> MemoryForecast {
        let painting = PassMemory(unit: 1) { _ = painter.paint(0..<min($0, request.count)) }
        let images = min(chunkSize, imageCount)
        let pixels = painter.imageShape.values
        // As bytes, what the tree drew and what was made of it; and in floats what was given.
        let results = imageCount * 2 * pixels + request.givenCount * pixels * MemoryLayout<Float>.stride
        return MemoryForecast(
            step: max(painting.bytes(images: min(chunkDraws, request.count)), pass?.bytes(images: images) ?? 0),
            images: results)
    }
}
