import Imaging
import Models

/// The tree with the classes of a dataset's images at its leaves: every class of more than a tenth, with its share, and how
/// many images there are.
struct LeafSharesFigure {
    let title: String
    let topology: TreeTopology
    /// Images of each leaf by class, in the order of `classNames`.
    let counts: [[Int]]
    let classNames: [String]

    private static let radius = 24.0
    private static let levelHeight = 124.0
    private static let boxWidth = 192.0
    private static let lineHeight = 32.0

    func picture() -> Picture {
        let lines = counts.map(Self.lines)
        let column = Self.boxWidth + 24
        let layout = TreeLayout(
            topology, columnWidth: column, levelHeight: Self.levelHeight, left: FigurePage.margin,
            top: FigurePage.top + Self.radius)
        let bottom = layout.nodes.compactMap { node in
            node.leaf.map { node.place.y - Self.radius + Self.boxHeight(lines[$0]) }
        }.max()
        var picture = FigurePage.picture(
            title, width: column * Double(topology.leaves.count), bottom: bottom ?? FigurePage.top)
        layout.drawArrows(on: &picture, radius: Self.radius, leavesAreBoxes: true)
        for node in layout.nodes {
            if let leaf = node.leaf {
                draw(lines[leaf], at: node.place, on: &picture)
            } else {
                picture.disc(node.place, radius: Self.radius, fill: .nodeFill, outline: .nodeOutline)
                picture.text("\(node.index)", x: node.place.x, y: node.place.y - 7, anchor: .middle)
            }
        }
        return picture
    }

    private enum Line {
        /// Of a class.
        case share(Int, Double)
        case total(Int)
        case nothing
    }

    private static func lines(_ counts: [Int]) -> [Line] {
        let total = counts.reduce(0, +)
        guard total > 0 else { return [.nothing] }
        let large = counts.enumerated().map { ($0.offset, Double($0.element) / Double(total)) }
            .filter { $0.1 > 0.1 }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
        return large.map { Line.share($0.0, $0.1) } + [.total(total)]
    }

    private static func boxHeight(_ lines: [Line]) -> Double { Double(lines.count) * lineHeight + 20 }

    private func draw(_ lines: [Line], at place: Picture.Point, on picture: inout Picture) {
        let (left, top) = (place.x - Self.boxWidth / 2, place.y - Self.radius)
        picture.box(
            x: left, y: top, width: Self.boxWidth, height: Self.boxHeight(lines), fill: .leafFill,
            outline: .leafOutline)
        for (number, line) in lines.enumerated() {
            let y = top + 18 + Double(number) * Self.lineHeight
            let words: String
            switch line {
            case .share(let index, let share):
                picture.rectangle(x: left + 16, y: y - 3, width: 20, height: 20, ClassPalette.colour(index))
                words = "\(classNames[index]): \(Decimals.hundredths(share))"
            case .total(let total): words = "tot \(total)"
            case .nothing: words = "no images"
            }
            picture.text(FigurePage.fitted(words, width: Self.boxWidth - 60), x: left + 46, y: y)
        }
    }
}
