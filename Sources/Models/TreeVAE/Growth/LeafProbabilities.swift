import Neural

/// P_l(x) of many images.
package struct LeafProbabilities {
    package let images: Int
    package let leaves: Int
    /// `[images, leaves]`.
    private let table: Tensor

    package init(_ table: Tensor) {
        precondition(table.shape.count == 2, "LeafProbabilities: shape \(table.shape) is not [images, leaves]")
        self.table = table
        images = table.shape[0]
        leaves = table.shape[1]
    }

    package subscript(image: Int, leaf: Int) -> Float { table.data[image * leaves + leaf] }

    /// argmax_l P_l(x).
    package func mostProbableLeaf(of image: Int) -> Int {
        LeafChoice.largest(UnsafeBufferPointer(start: table.data + image * leaves, count: leaves))
    }

    /// The share of all probability that each leaf has.
    package var shares: [Double] {
        var sums = [Double](repeating: 0, count: leaves)
        for image in 0..<images {
            for leaf in 0..<leaves { sums[leaf] += Double(self[image, leaf]) }
        }
        return sums.map { $0 / Double(max(1, images)) }
    }

    /// Images whose probability of this leaf is at least `threshold`.
    package func members(of leaf: Int, threshold: Float) -> [Int] {
        (0..<images).filter { self[$0, leaf] >= threshold }
    }
}
