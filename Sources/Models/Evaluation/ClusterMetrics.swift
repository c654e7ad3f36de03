import Foundation

/// Agreement of leaves with true classes. Names of leaves do not matter to any of these.
extension ContingencyTable {
    /// Clustering accuracy: the share of samples whose leaf is matched with their class by the best one-to-one matching of
    /// leaves with classes. Leaves in excess of classes match none.
    package var accuracy: Double {
        let size = max(leafCount, classCount)
        let largest = counts.max() ?? 0
        var cost = [Double](repeating: Double(largest), count: size * size)
        for leaf in 0..<leafCount {
            for label in 0..<classCount {
                cost[leaf * size + label] = Double(largest - self[leaf, label])
            }
        }
        let columns = OptimalAssignment.minimise(cost: cost, size: size)
        var matched = 0
        for leaf in 0..<leafCount where columns[leaf] < classCount {
            matched += self[leaf, columns[leaf]]
        }
        return Double(matched) / Double(sampleCount)
    }

    /// Mutual information over the arithmetic mean of both entropies, in [0, 1]. One leaf and one class agree fully: 1.
    package var normalisedMutualInformation: Double {
        let total = Double(sampleCount)
        let leafTotals = leafTotals
        let classTotals = classTotals
        let entropies = Self.entropy(leafTotals, total: total) + Self.entropy(classTotals, total: total)
        guard entropies > 0 else { return 1 }
        var information = 0.0
        for leaf in 0..<leafCount {
            for label in 0..<classCount where self[leaf, label] > 0 {
                let count = Double(self[leaf, label])
                information +=
                    count / total
                    * (log(count) + log(total) - log(Double(leafTotals[leaf])) - log(Double(classTotals[label])))
            }
        }
        return min(max(information / (entropies / 2), 0), 1)
    }

    /// The Rand index corrected for chance (Hubert and Arabie 1985): 0 is what random leaves give, 1 is full agreement.
    package var adjustedRandIndex: Double {
        let together = counts.reduce(0) { $0 + Self.pairs($1) }
        let inLeaves = leafTotals.reduce(0) { $0 + Self.pairs($1) }
        let inClasses = classTotals.reduce(0) { $0 + Self.pairs($1) }
        let expected = sampleCount > 1 ? inLeaves * inClasses / Self.pairs(sampleCount) : 0
        let largest = (inLeaves + inClasses) / 2
        // Equal only where both partitions are trivial, and then they are the same partition.
        guard largest != expected else { return 1 }
        return (together - expected) / (largest - expected)
    }

    /// The share of samples that belong to the largest class of their leaf. Comparable only between equal leaf counts.
    package var leafPurity: Double {
        var pure = 0
        for leaf in 0..<leafCount {
            pure += (0..<classCount).map { self[leaf, $0] }.max() ?? 0
        }
        return Double(pure) / Double(sampleCount)
    }

    /// Unordered pairs among n things, as a Double: products of such numbers overflow Int for large data sets.
    static func pairs(_ n: Int) -> Double {
        Double(n) * Double(n - 1) / 2
    }

    /// In nats.
    private static func entropy(_ totals: [Int], total: Double) -> Double {
        totals.reduce(0) { sum, count in
            guard count > 0 else { return sum }
            let share = Double(count) / total
            return sum - share * log(share)
        }
    }
}
