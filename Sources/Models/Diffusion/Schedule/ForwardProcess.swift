import Neural

extension DiffusionSchedule {
    /// q(x_t | x_0) with given noise: x_t = √ᾱ_t x_0 + √(1 - ᾱ_t) ε for images `[N, ...]`, each at its own t; formulation 2
    /// adds x̂.
    ///
    /// - Parameter graph: whose tensor x_t becomes; nil for one by itself.
    package func noised(
        _ images: Tensor, at steps: [Int], noise: Tensor, reconstruction: Tensor? = nil, in graph: Graph? = nil
    ) -> Tensor {
        precondition(
            images.shape == noise.shape && images.shape.first == steps.count
                && (reconstruction == nil || reconstruction?.shape == images.shape),
            "noised: images \(images.shape), noise \(noise.shape) and \(steps.count) steps do not fit")
        let result = graph.tensor(images.shape)
        let size = images.count / max(1, steps.count)
        Parallel.forEach(steps.count) { image in
            let (share, deviation) = (signal(steps[image]), self.noise(steps[image]))
            for index in image * size..<(image + 1) * size {
                let mean = Double(reconstruction?.data[index] ?? 0)
                result.data[index] = Float(
                    share * Double(images.data[index]) + mean + deviation * Double(noise.data[index]))
            }
        }
        return result
    }
}
