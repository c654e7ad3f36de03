import Neural

extension ImageDataset: DiffusionImages {
    package func images(_ indices: [Int], in graph: Graph) -> Tensor { tensor(indices, in: graph) }
}
