/// How many samples of each true class sit in each leaf. Every count-based metric is a function of this table.
package struct ContingencyTable: Sendable, Equatable {
    /// Leaves and classes are each at most this many, so that a table is small whatever the numbers given.
    package static let largestGroupCount = 1024

    package let leafCount: Int
    package let classCount: Int
    package let sampleCount: Int
    /// Row-major, one row a leaf, one column a class.
    package let counts: [Int]

    /// - Parameters:
    ///   - leaves: the leaf of each sample, 0-based.
    ///   - labels: the true class of each sample, 0-based, as many as `leaves`.
    ///   - leafCount: rows of the table where the tree has leaves that no sample reaches; nil takes the largest leaf + 1.
    package init(leaves: [Int], labels: [Int], leafCount: Int? = nil) throws(EvaluationError) {
        guard leaves.count == labels.count else {
            throw EvaluationError(
                "There are \(leaves.count) leaf assignments but \(labels.count) labels; give one label a sample.")
        }
        guard let largestLeaf = leaves.max(), let largestLabel = labels.max() else {
            throw EvaluationError("There are no samples to evaluate; give at least one.")
        }
        let rows = leafCount ?? largestLeaf + 1
        try Self.check(leaves, below: min(rows, Self.largestGroupCount), name: "leaf")
        try Self.check(labels, below: Self.largestGroupCount, name: "label")
        guard rows <= Self.largestGroupCount else {
            throw EvaluationError("A tree of \(rows) leaves is not supported; the limit is \(Self.largestGroupCount).")
        }
        let columns = largestLabel + 1
        var counts = [Int](repeating: 0, count: rows * columns)
        for (leaf, label) in zip(leaves, labels) {
            counts[leaf * columns + label] += 1
        }
        self.leafCount = rows
        self.classCount = columns
        self.sampleCount = leaves.count
        self.counts = counts
    }

    private static func check(_ values: [Int], below limit: Int, name: String) throws(EvaluationError) {
        guard let position = values.firstIndex(where: { $0 < 0 || $0 >= limit }) else { return }
        throw EvaluationError(
            "Sample \(position) has \(name) \(values[position]); it must be at least 0 and below \(limit).")
    }

    package subscript(leaf: Int, label: Int) -> Int {
        counts[leaf * classCount + label]
    }

    /// Samples in each leaf.
    package var leafTotals: [Int] {
        (0..<leafCount).map { leaf in (0..<classCount).reduce(0) { $0 + self[leaf, $1] } }
    }

    /// Samples of each class.
    package var classTotals: [Int] {
        (0..<classCount).map { label in (0..<leafCount).reduce(0) { $0 + self[$1, label] } }
    }
}
