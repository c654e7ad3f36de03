/// How well the leaves of a tree agree with the true classes of a data set. Every share is in [0, 1] but the adjusted Rand
/// index, which is below 0 where leaves agree less than chance would.
package struct ClusteringReport: Sendable, Equatable, Codable {
    package let samples: Int
    package let leaves: Int
    package let classes: Int
    package let accuracy: Double
    package let normalisedMutualInformation: Double
    package let adjustedRandIndex: Double
    package let dendrogramPurity: Double
    package let leafPurity: Double

    /// - Parameters:
    ///   - leaves: the most probable leaf of each sample, `argmax_l P_l(x)`, in the tree's leaf order.
    ///   - labels: the true class of each sample.
    package init(leaves: [Int], labels: [Int], tree: ClusterTree) throws(EvaluationError) {
        let table = try ContingencyTable(leaves: leaves, labels: labels, leafCount: tree.leaves.count)
        samples = table.sampleCount
        self.leaves = table.leafCount
        classes = table.classTotals.count { $0 > 0 }
        accuracy = table.accuracy
        normalisedMutualInformation = table.normalisedMutualInformation
        adjustedRandIndex = table.adjustedRandIndex
        dendrogramPurity = try table.dendrogramPurity(tree)
        leafPurity = table.leafPurity
    }
}
