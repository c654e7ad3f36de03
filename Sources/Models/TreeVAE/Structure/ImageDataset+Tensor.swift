import Neural

extension ImageDataset {
    /// The images at these positions, `[N, H, W, C]` in [0, 1].
    ///
    /// - Parameter graph: whose tensor they become; nil for one by itself.
    package func tensor(_ indices: some Collection<Int>, in graph: Graph? = nil) -> Tensor {
        let result = graph.tensor(Shape(indices.count, height, width, channels))
        copyBatch(indices, into: result.data)
        return result
    }
}
