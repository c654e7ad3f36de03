extension TreeTopology {
    /// The tree with that many leaves whose depths differ by one at most; fewer where they do not fit.
    package static func balanced(leaves: Int, maximumDepth: Int) -> TreeTopology {
        var nodes = [Node(index: 0, parent: nil, left: nil, right: nil, kind: .leaf, depth: 0)]
        var next = 0
        while nodes.count < 2 * leaves - 1, nodes[next].depth < maximumDepth {
            let (node, first) = (nodes[next], nodes.count)
            nodes[next] = Node(
                index: next, parent: node.parent, left: first, right: first + 1, kind: .split, depth: node.depth)
            for child in [first, first + 1] {
                nodes.append(
                    Node(index: child, parent: next, left: nil, right: nil, kind: .leaf, depth: node.depth + 1))
            }
            next += 1
        }
        return TreeTopology(trusted: nodes)
    }
}
