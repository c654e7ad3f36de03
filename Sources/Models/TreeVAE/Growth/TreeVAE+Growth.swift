import Neural

extension TreeVAE {
    /// Replaces a leaf by a split with the two leaves of a trained small tree; their networks move over.
    ///
    /// - Parameter node: the leaf's node in breadth-first order.
    package func attach(_ small: SmallTree, at node: Int) {
        let described = topology.nodes[node]
        precondition(
            described.kind == .leaf && described.depth + 1 == small.depth,
            "attach: node \(node) is a \(described.kind) at depth \(described.depth), not a leaf above \(small.depth)")
        let leaf = nodes[node]
        leaf.decoder = nil
        leaf.router = small.router
        leaf.routerQ = small.routerQ
        leaf.left = small.leaves[0]
        leaf.right = small.leaves[1]
        renumber()
    }

    /// Removes a leaf. Its parent becomes a pass-through node without routers; a parent that had no other child goes with
    /// it, and so on up. (The authors leave the q-router on the parent, where nothing uses it.)
    ///
    /// - Parameter node: the leaf's node in breadth-first order; not the only leaf.
    package func remove(leaf node: Int) {
        precondition(topology.nodes[node].kind == .leaf, "remove: node \(node) is not a leaf")
        precondition(topology.leaves.count > 1, "remove: the only leaf of a tree cannot be removed")
        var index = node
        while let parent = topology.nodes[index].parent {
            let (node, above) = (nodes[index], nodes[parent])
            if above.left === node { above.left = nil } else { above.right = nil }
            above.router = nil
            above.routerQ = nil
            if !above.children.isEmpty { break }
            index = parent
        }
        renumber()
    }

    /// Removes, one after the other, leaves that are the most probable one of too few images.
    ///
    /// - Parameters:
    ///   - decisions: q(left | d) of all images at every split.
    ///   - minimumShare: of the images that a leaf needs to stay.
    /// - Returns: how many leaves were removed.
    @discardableResult
    func prune(_ decisions: SplitDecisions, minimumShare: Double) -> Int {
        var removed = 0
        while topology.leaves.count > 1 {
            let probabilities = decisions.leafProbabilities(in: self)
            var counts = [Int](repeating: 0, count: probabilities.leaves)
            for image in 0..<probabilities.images { counts[probabilities.mostProbableLeaf(of: image)] += 1 }
            let fewest = counts.indices.reduce(0) { counts[$1] < counts[$0] ? $1 : $0 }
            guard Double(counts[fewest]) < minimumShare * Double(probabilities.images) else { break }
            remove(leaf: topology.leaves[fewest])
            removed += 1
        }
        return removed
    }
}
