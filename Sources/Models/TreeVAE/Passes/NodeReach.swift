import Neural

/// π of a tree's nodes: the probability of reaching each, `[N]`; nil stands for 1.
struct NodeReach {
    private var values: [Tensor?] = []

    /// Forgets what was known, and keeps the memory.
    mutating func begin(nodes: Int) {
        values.removeAll(keepingCapacity: true)
        for _ in 0..<nodes { values.append(nil) }
    }

    subscript(node: TreeTopology.Node) -> Tensor? { values[node.index] }

    /// - Parameter children: of a split's children; nil for a pass-through node, whose child is reached as often as itself.
    mutating func descend(from node: TreeTopology.Node, to children: (left: Tensor, right: Tensor)?) {
        if let left = node.left { values[left] = children?.left ?? values[node.index] }
        if let right = node.right { values[right] = children?.right ?? values[node.index] }
    }
}
