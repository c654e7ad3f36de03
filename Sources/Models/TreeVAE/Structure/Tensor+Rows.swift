import Neural

extension Tensor {
    /// Values of one entry along the first axis.
    var rowSize: Int { shape.first.map { $0 == 0 ? 0 : count / $0 } ?? count }

    /// The entries at `indices` along the first axis, copied in that order; without a gradient.
    ///
    /// - Parameter graph: whose tensor the copy becomes; nil for one by itself.
    package func gatheringRows(_ indices: [Int], in graph: Graph? = nil) -> Tensor {
        let size = rowSize
        let result = graph.tensor(shape.with(rows: indices.count))
        for (row, index) in indices.enumerated() {
            (result.data + row * size).update(from: data + index * size, count: size)
        }
        return result
    }

    /// The entries of a range along the first axis, copied; without a gradient.
    ///
    /// - Parameter graph: whose tensor the copy becomes.
    func rows(_ range: Range<Int>, in graph: Graph) -> Tensor {
        let result = graph.tensor(shape.with(rows: range.count))
        result.data.update(from: data + range.lowerBound * rowSize, count: result.count)
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

    /// Vectors `[N]` side by side, `[N, count]`, without a gradient; nil stands for ones.
    static func columns(_ list: [Tensor?], rows: Int) -> Tensor {
        let result = Tensor([rows, list.count])
        for (column, tensor) in list.enumerated() { result.setColumn(column, to: tensor) }
        return result
    }

    /// Sets a column of a matrix `[N, count]` to a vector `[N]`; nil stands for ones.
    func setColumn(_ column: Int, to vector: Tensor?) {
        for row in 0..<rows { data[row * channels + column] = vector?.data[row] ?? 1 }
    }
}
