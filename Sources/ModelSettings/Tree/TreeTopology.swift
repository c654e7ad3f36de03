/// The shape of a tree as its file describes it: nodes in breadth-first order, left before right.
///
/// The index of a node here is the i in the names of its tensors (`denses.i`, `decisions.i`, ...).
package struct TreeTopology: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable {
        /// Two children and a router.
        case split
        /// One child and no router: what pruning leaves behind.
        case passThrough = "passthrough"
        /// A decoder and no children.
        case leaf
    }

    package struct Node: Codable, Sendable, Equatable {
        package let index: Int
        package let parent: Int?
        package let left: Int?
        package let right: Int?
        package let kind: Kind
        /// The root has depth 0.
        package let depth: Int

        package init(index: Int, parent: Int?, left: Int?, right: Int?, kind: Kind, depth: Int) {
            self.index = index
            self.parent = parent
            self.left = left
            self.right = right
            self.kind = kind
            self.depth = depth
        }

        /// Children from left to right.
        package var children: [Int] { [left, right].compactMap { $0 } }
    }

    package let nodes: [Node]
    /// Indices of the leaves; their order here, breadth first, is the leaf index used everywhere.
    package let leaves: [Int]

    /// Refuses anything but one tree in breadth-first order that is at most `maximumDepth` deep.
    package init(nodes: [Node], maximumDepth: Int) throws(TreeError) {
        self.init(trusted: nodes)
        try check(maximumDepth: maximumDepth)
    }

    /// For shapes read off a living tree, which are right by construction.
    package init(trusted nodes: [Node]) {
        self.nodes = nodes
        leaves = nodes.filter { $0.kind == .leaf }.map(\.index)
    }

    /// A root with two leaves, which every training starts from.
    package static let initial = TreeTopology(trusted: [
        Node(index: 0, parent: nil, left: 1, right: 2, kind: .split, depth: 0),
        Node(index: 1, parent: 0, left: nil, right: nil, kind: .leaf, depth: 1),
        Node(index: 2, parent: 0, left: nil, right: nil, kind: .leaf, depth: 1),
    ])

    package init(from decoder: any Decoder) throws {
        self.init(trusted: try decoder.singleValueContainer().decode([Node].self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(nodes)
    }

    /// The number of steps from the root to the deepest leaf.
    package var depth: Int { nodes.map(\.depth).max() ?? 0 }

    /// Nodes from the root to `node`, both included.
    package func path(to node: Int) -> [Int] {
        var path = [node]
        while let parent = nodes[path[0]].parent { path.insert(parent, at: 0) }
        return path
    }
}

extension TreeTopology {
    /// Throws unless the nodes form one tree in breadth-first order that is at most `maximumDepth` deep.
    package func check(maximumDepth: Int) throws(TreeError) {
        guard let root = nodes.first, root.parent == nil, root.depth == 0 else {
            throw TreeError("The tree must begin with its root, at depth 0 and without a parent.")
        }
        guard nodes.count <= 1 << 12 else {
            throw TreeError("The tree has \(nodes.count) nodes; at most 4096 are taken.")
        }
        var expected = 1
        for (position, node) in nodes.enumerated() {
            guard node.index == position else {
                throw TreeError("Node \(position) of the tree says that its index is \(node.index).")
            }
            guard (0...maximumDepth).contains(node.depth) else {
                throw TreeError("Node \(position) has depth \(node.depth); these settings allow 0 to \(maximumDepth).")
            }
            try checkKind(node)
            for child in node.children {
                guard child == expected, child < nodes.count, nodes[child].parent == position,
                    nodes[child].depth == node.depth + 1
                else {
                    throw TreeError(
                        "Node \(position) names child \(child), which does not follow in breadth-first order.")
                }
                expected += 1
            }
        }
        guard expected == nodes.count else {
            throw TreeError("The tree has \(nodes.count) nodes, of which \(expected) hang together.")
        }
    }

    private func checkKind(_ node: Node) throws(TreeError) {
        let children = node.children.count
        let wanted =
            switch node.kind {
            case .split: 2
            case .passThrough: 1
            case .leaf: 0
            }
        guard children == wanted else {
            throw TreeError(
                "Node \(node.index) is a \(node.kind.rawValue) and must have \(wanted) children, not \(children).")
        }
    }
}
