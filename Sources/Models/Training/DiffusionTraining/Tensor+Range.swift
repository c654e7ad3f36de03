import Neural

extension Tensor {
    /// The given images of a batch, copied; without a gradient.
    ///
    /// - Parameter graph: whose tensor the copy becomes.
    func rows(_ range: Range<Int>, in graph: Graph) -> Tensor {
        let result = graph.tensor(shape.with(rows: range.count))
        result.data.update(from: data + range.lowerBound * rowSize, count: result.count)
        return result
    }
}
