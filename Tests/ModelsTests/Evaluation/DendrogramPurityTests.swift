import Testing

@testable import Models

@Suite struct DendrogramPurityTests {
    /// Leaves at depths 1, 3 and 3, with a pass-through on the way: 0 → (1, 2), 1 → 3 only, 3 → (4, 5).
    static let pruned: [ClusterTree.Node] = [
        .init(parent: nil, left: 1, right: 2),
        .init(parent: 0, right: 3),
        .init(parent: 0),
        .init(parent: 1, left: 4, right: 5),
        .init(parent: 3),
        .init(parent: 3),
    ]

    @Test func leavesAreNumberedBreadthFirst() throws {
        #expect(try ClusterTree(nodes: Self.pruned).leaves == [2, 4, 5])
        #expect(try ClusterTree(nodes: threeLeaves).leaves == [2, 3, 4])
        #expect(try ClusterTree(nodes: [.init(parent: nil)]).leaves == [0])
    }

    @Test(arguments: 0..<20)
    func agreesWithTheDefinitionPairByPair(seed: Int) throws {
        var random = SmallRandom(state: UInt64(seed) + 1)
        let nodes = seed % 2 == 0 ? Self.pruned : threeLeaves
        let tree = try ClusterTree(nodes: nodes)
        let samples = 40
        let leaves = (0..<samples).map { _ in random.below(tree.leaves.count) }
        let labels = (0..<samples).map { _ in random.below(4) }
        let table = try ContingencyTable(leaves: leaves, labels: labels, leafCount: tree.leaves.count)
        let expected = Self.pairByPair(tree, leaves: leaves, labels: labels)
        #expect(abs(try table.dendrogramPurity(tree) - expected) < 1e-12)
    }

    /// For every pair of one class: the share of that class under the lowest common ancestor.
    static func pairByPair(_ tree: ClusterTree, leaves: [Int], labels: [Int]) -> Double {
        func ancestors(_ sample: Int) -> [Int] {
            var path = [tree.leaves[leaves[sample]]]
            while let last = path.last, let parent = tree.nodes[last].parent { path.append(parent) }
            return path
        }
        var sum = 0.0
        var pairs = 0.0
        for i in labels.indices {
            for j in 0..<i where labels[i] == labels[j] {
                let above = ancestors(j)
                guard let meeting = ancestors(i).first(where: above.contains) else { continue }
                let below = labels.indices.filter { ancestors($0).contains(meeting) }
                sum += Double(below.count { labels[$0] == labels[i] }) / Double(below.count)
                pairs += 1
            }
        }
        return sum / pairs
    }

    @Test func treesThatAreNoTreesAreRefused() throws {
        let broken: [[ClusterTree.Node]] = [
            [],
            [.init(parent: 0)],
            [.init(parent: nil, left: 0)],
            [.init(parent: nil, left: 1, right: 1), .init(parent: 0)],
            [.init(parent: nil, left: 9)],
            [.init(parent: nil, left: -1)],
            [.init(parent: nil), .init(parent: 0)],
            [.init(parent: nil, left: 1), .init(parent: 0, left: 2), .init(parent: 0)],
            [.init(parent: nil), .init(parent: 2, left: 2), .init(parent: 1, left: 1)],
        ]
        for nodes in broken {
            #expect(throws: EvaluationError.self, "\(nodes)") { try ClusterTree(nodes: nodes) }
        }
        let tree = try ClusterTree(nodes: threeLeaves)
        let table = try ContingencyTable(leaves: [0, 1], labels: [0, 1])
        #expect(throws: EvaluationError.self) { try table.dendrogramPurity(tree) }
    }
}
