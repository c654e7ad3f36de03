/// The shape of a tree of clusters, all that a metric needs to know of it.
///
/// A node with two children is a split, with one a pass-through (what pruning leaves behind), with none a leaf. Leaves are
/// numbered breadth first, left before right, which is the leaf index used everywhere else.
package struct ClusterTree: Sendable, Equatable {
    package struct Node: Sendable, Equatable {
        package var parent: Int?
        package var left: Int?
        package var right: Int?

        package init(parent: Int?, left: Int? = nil, right: Int? = nil) {
            self.parent = parent
            self.left = left
            self.right = right
        }

        var children: [Int] {
            [left, right].compactMap { $0 }
        }
    }

    /// Node 0 is the root.
    package let nodes: [Node]
    /// Every node once, breadth first: parents come before their children.
    package let breadthFirst: [Int]
    /// The node of each leaf, in leaf order.
    package let leaves: [Int]

    /// - Parameter nodes: the root first, the others in any order.
    package init(nodes: [Node]) throws(EvaluationError) {
        guard let root = nodes.first, root.parent == nil else {
            throw EvaluationError("A tree needs its root as first node, and the root has no parent.")
        }
        guard nodes.count <= 2 * ContingencyTable.largestGroupCount else {
            throw EvaluationError("A tree of \(nodes.count) nodes is too large to evaluate.")
        }
        var seen = [Bool](repeating: false, count: nodes.count)
        seen[0] = true
        var order = [0]
        var next = 0
        while next < order.count {
            let index = order[next]
            next += 1
            for child in nodes[index].children {
                guard nodes.indices.contains(child), !seen[child], nodes[child].parent == index else {
                    throw EvaluationError(
                        "Node \(index) names \(child) as its child, but that is no node whose one parent is \(index).")
                }
                seen[child] = true
                order.append(child)
            }
        }
        guard order.count == nodes.count else {
            throw EvaluationError(
                "The tree has \(nodes.count) nodes but only \(order.count) can be reached from its root.")
        }
        self.nodes = nodes
        breadthFirst = order
        leaves = order.filter { nodes[$0].children.isEmpty }
    }
}
