import Imaging
import Models

/// Where the nodes of a tree are drawn: leaves side by side in columns, each node as deep as it is in the tree, a split
/// above the middle of its children. Nodes that pruning left with one child are passed over.
struct TreeLayout {
    struct Node {
        let index: Int
        /// The leaf index, of leaves.
        let leaf: Int?
        let place: Picture.Point
        let parent: Picture.Point?
    }

    private(set) var nodes: [Node] = []
    private let topology: TreeTopology
    private let columnWidth: Double
    private let levelHeight: Double
    private let top: Double
    private var nextColumn = 0

    init(_ topology: TreeTopology, columnWidth: Double, levelHeight: Double, left: Double, top: Double) {
        self.topology = topology
        self.columnWidth = columnWidth
        self.levelHeight = levelHeight
        self.top = top
        let root = place(0, level: 0, left: left)
        add(root, parent: nil)
    }

    /// A node with its place, and the same of what is below.
    private indirect enum Placed {
        case leaf(Int, Picture.Point)
        case split(Int, Picture.Point, Placed, Placed)

        var place: Picture.Point {
            switch self {
            case .leaf(_, let place), .split(_, let place, _, _): place
            }
        }
    }

    private mutating func place(_ index: Int, level: Int, left: Double) -> Placed {
        let node = topology.nodes[index]
        let y = top + Double(level) * levelHeight
        switch (node.left, node.right) {
        case (let first?, let second?):
            let (a, b) = (place(first, level: level + 1, left: left), place(second, level: level + 1, left: left))
            return .split(index, Picture.Point(x: (a.place.x + b.place.x) / 2, y: y), a, b)
        case (let only?, nil), (nil, let only?):
            return place(only, level: level, left: left)
        case (nil, nil):
            defer { nextColumn += 1 }
            return .leaf(index, Picture.Point(x: left + (Double(nextColumn) + 0.5) * columnWidth, y: y))
        }
    }

    private mutating func add(_ placed: Placed, parent: Picture.Point?) {
        switch placed {
        case .leaf(let index, let place):
            nodes.append(
                Node(index: index, leaf: topology.leaves.firstIndex(of: index), place: place, parent: parent))
        case .split(let index, let place, let left, let right):
            nodes.append(Node(index: index, leaf: nil, place: place, parent: parent))
            add(left, parent: place)
            add(right, parent: place)
        }
    }

    /// Draws the arrows from each node to its children, from edge to edge of circles.
    ///
    /// - Parameter leavesAreBoxes: leaves begin at the middle of a straight edge, as high as their circle would.
    func drawArrows(on picture: inout Picture, radius: Double, leavesAreBoxes: Bool = false) {
        for node in nodes {
            guard let parent = node.parent else { continue }
            let meetsEdge = leavesAreBoxes && node.leaf != nil
            let target = Picture.Point(x: node.place.x, y: node.place.y - (meetsEdge ? radius : 0))
            let (x, y) = (target.x - parent.x, target.y - parent.y)
            let length = (x * x + y * y).squareRoot()
            let (dx, dy) = (x / length * radius, y / length * radius)
            let end = meetsEdge ? target : Picture.Point(x: target.x - dx, y: target.y - dy)
            picture.arrow(from: Picture.Point(x: parent.x + dx, y: parent.y + dy), to: end, .line)
        }
    }
}

extension Colour {
    static let line = Colour(0x606060)
    static let grid = Colour(0xD0D0D0)
    static let nodeFill = Colour(0xD9E8F6)
    static let nodeOutline = Colour(0x5B8DB8)
    static let leafFill = Colour(0xDFF3DF)
    static let leafOutline = Colour(0x5FA55F)
}
