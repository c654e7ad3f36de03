import Neural

extension ImageDataset {
    /// The images at these positions, `[N, H, W, C]` in [0, 1].
    package func tensor(_ indices: some Collection<Int>) -> Tensor {
        let result = Tensor([indices.count, height, width, channels])
        copyBatch(indices, into: result.data)
        return result
    }
}
