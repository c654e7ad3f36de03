import Neural

extension ImageDataset: DiffusionImages {
    package func images(_ indices: [Int]) -> Tensor {
        let batch = Tensor([indices.count, height, width, channels])
        copyBatch(indices, into: batch.data)
        return batch
    }
}
