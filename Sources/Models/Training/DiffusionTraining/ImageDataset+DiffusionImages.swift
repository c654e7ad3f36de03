import Neural

extension ImageDataset: DiffusionImages {
    package func images(_ indices: [Int]) -> Tensor { tensor(indices) }
}
