import Neural

extension Tensor {
    /// Values of one entry along the first axis.
    var rowSize: Int { shape.first.map { $0 == 0 ? 0 : count / $0 } ?? count }

    /// The entries at `indices` along the first axis, copied in that order; without a gradient.
    ///
    /// - Parameter graph: whose tensor the copy becomes; nil for one by itself.
    package func gatheringRows(_ indices: [Int], in graph: Graph? = nil) -> Tensor {
        let size = rowSize
        let rows = shape.with(rows: indices.count)
        let result = graph?.tensor(rows) ?? Tensor(rows)
        for (row, index) in indices.enumerated() {
            (result.data + row * size).update(from: data + index * size, count: size)
        }
        return result
    }

    /// Copies the entries of `source` to the places `indices` along the first axis.
    package func scatterRows(_ source: Tensor, to indices: [Int]) {
        let size = rowSize
        precondition(
            source.count == indices.count * size, "scatterRows: \(source.shape) into rows of shape \(shape.ofOne)"
        )
        for (row, index) in indices.enumerated() {
            (data + index * size).update(from: source.data + row * size, count: size)
        }
    }

    /// Vectors `[N]` side by side, `[N, count]`, without a gradient.
    static func columns(_ list: [Tensor]) -> Tensor {
        let rows = list.first?.count ?? 0
        let result = Tensor([rows, list.count])
        for (column, tensor) in list.enumerated() { result.setColumn(column, to: tensor) }
        return result
    }

    /// Sets a column of a matrix `[N, count]` to a vector `[N]`; nil stands for ones.
    func setColumn(_ column: Int, to vector: Tensor?) {
        for row in 0..<rows { data[row * channels + column] = vector?.data[row] ?? 1 }
    }
}
