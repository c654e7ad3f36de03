extension ContingencyTable {
    /// Dendrogram purity (Heller and Ghahramani 2005; Kobren et al. 2017): the expected share of a class in the smallest
    /// subtree that holds two random samples of it.
    ///
    /// Every sample sits in its leaf, so pairs need not be visited: pairs that meet in a leaf are C(n, 2) of its class count,
    /// pairs that meet in a split are left count times right count. A pass-through node is nobody's lowest common ancestor.
    /// Without any pair of one class there is nothing impure: 1.
    package func dendrogramPurity(_ tree: ClusterTree) throws(EvaluationError) -> Double {
        guard tree.leaves.count == leafCount else {
            throw EvaluationError(
                "The tree has \(tree.leaves.count) leaves but the samples are counted over \(leafCount); use one tree.")
        }
        var inSubtree = [[Int]](repeating: [], count: tree.nodes.count)
        for (leaf, node) in tree.leaves.enumerated() {
            inSubtree[node] = (0..<classCount).map { self[leaf, $0] }
        }
        var weighted = 0.0
        for index in tree.breadthFirst.reversed() {
            let node = tree.nodes[index]
            let meeting: [Double]
            switch (node.left, node.right) {
            case (let left?, let right?):
                meeting = zip(inSubtree[left], inSubtree[right]).map { Double($0) * Double($1) }
                inSubtree[index] = zip(inSubtree[left], inSubtree[right]).map { $0 + $1 }
            case (let child?, nil), (nil, let child?):
                inSubtree[index] = inSubtree[child]
                continue
            case (nil, nil):
                meeting = inSubtree[index].map { Self.pairs($0) }
            }
            let size = inSubtree[index].reduce(0, +)
            guard size > 0 else { continue }
            for (pairs, count) in zip(meeting, inSubtree[index]) {
                weighted += pairs * Double(count) / Double(size)
            }
        }
        let allPairs = classTotals.reduce(0) { $0 + Self.pairs($1) }
        return allPairs > 0 ? weighted / allPairs : 1
    }
}
