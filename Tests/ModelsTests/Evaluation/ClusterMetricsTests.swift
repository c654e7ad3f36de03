import Testing

@testable import Models

/// root(L split(leaf 1, leaf 2), R leaf 0): breadth first, the shallow leaf on the right comes first.
let threeLeaves: [ClusterTree.Node] = [
    .init(parent: nil, left: 1, right: 2),
    .init(parent: 0, left: 3, right: 4),
    .init(parent: 0),
    .init(parent: 1),
    .init(parent: 1),
]

@Suite struct ClusterMetricsTests {
    static let labels = [0, 0, 0, 1, 1, 1, 2, 2, 2, 2]
    static let leaves = [1, 1, 2, 2, 2, 2, 0, 0, 0, 1]

    @Test func theReferenceExampleGivesTheReferenceNumbers() throws {
        let tree = try ClusterTree(nodes: threeLeaves)
        let report = try ClusteringReport(leaves: Self.leaves, labels: Self.labels, tree: tree)
        #expect(abs(report.accuracy - 0.8) < 1e-12)
        #expect(abs(report.normalisedMutualInformation - 0.6180656) < 5e-8)
        #expect(abs(report.adjustedRandIndex - 0.4318182) < 5e-8)
        #expect(abs(report.dendrogramPurity - 0.6644841) < 5e-8)
        #expect(abs(report.leafPurity - 0.8) < 1e-12)
        #expect(report.samples == 10 && report.leaves == 3 && report.classes == 3)
    }

    @Test func renamingLeavesChangesNothing() throws {
        let table = try ContingencyTable(leaves: Self.leaves, labels: Self.labels)
        let renamed = try ContingencyTable(leaves: Self.leaves.map { [4, 0, 7][$0] }, labels: Self.labels)
        #expect(table.accuracy == renamed.accuracy)
        #expect(abs(table.normalisedMutualInformation - renamed.normalisedMutualInformation) < 1e-12)
        #expect(abs(table.adjustedRandIndex - renamed.adjustedRandIndex) < 1e-12)
        #expect(table.leafPurity == renamed.leafPurity)
    }

    @Test func perfectLeavesScoreOneEverywhere() throws {
        let tree = try ClusterTree(nodes: threeLeaves)
        let report = try ClusteringReport(leaves: Self.labels.map { 2 - $0 }, labels: Self.labels, tree: tree)
        for score in [
            report.accuracy, report.normalisedMutualInformation, report.adjustedRandIndex, report.dendrogramPurity,
            report.leafPurity,
        ] {
            #expect(abs(score - 1) < 1e-12)
        }
    }

    /// Degenerate partitions have defined answers, the ones scikit-learn gives.
    @Test func degeneratePartitions() throws {
        let one = try ContingencyTable(leaves: [0, 0, 0], labels: [0, 0, 0])
        #expect(one.accuracy == 1 && one.normalisedMutualInformation == 1 && one.adjustedRandIndex == 1)
        let collapsed = try ContingencyTable(leaves: [0, 0, 0, 0], labels: [0, 0, 1, 2])
        #expect(collapsed.accuracy == 0.5)
        #expect(collapsed.normalisedMutualInformation == 0)
        #expect(collapsed.adjustedRandIndex == 0)
        let single = try ContingencyTable(leaves: [2], labels: [1])
        #expect(single.accuracy == 1 && single.adjustedRandIndex == 1)
        let unreached = try ClusteringReport(
            leaves: [1, 1], labels: [0, 3], tree: try ClusterTree(nodes: threeLeaves))
        #expect(unreached.leafPurity == 0.5 && unreached.dendrogramPurity == 1 && unreached.classes == 2)
    }

    @Test func countsThatCannotBeAreRefusedWithASentence() {
        #expect(throws: EvaluationError("There are no samples to evaluate; give at least one.")) {
            try ContingencyTable(leaves: [], labels: [])
        }
        #expect(throws: EvaluationError.self) { try ContingencyTable(leaves: [0], labels: [0, 1]) }
        #expect(throws: EvaluationError.self) { try ContingencyTable(leaves: [-1], labels: [0]) }
        #expect(throws: EvaluationError.self) { try ContingencyTable(leaves: [0], labels: [Int.max]) }
        #expect(throws: EvaluationError.self) { try ContingencyTable(leaves: [Int.max - 1], labels: [0]) }
        #expect(throws: EvaluationError.self) { try ContingencyTable(leaves: [0], labels: [1 << 40]) }
        #expect(throws: EvaluationError.self) { try ContingencyTable(leaves: [0], labels: [0], leafCount: 1 << 40) }
        #expect(throws: EvaluationError.self) { try ContingencyTable(leaves: [3], labels: [0], leafCount: 3) }
    }
}
