import Imaging
import Models

/// The tree with nine images that each leaf drew and, where a classifier named them, a histogram of their classes.
struct LeafGenerationsFigure {
    let title: String
    let shape: ImageShape
    let topology: TreeTopology
    /// At most nine of each leaf.
    let images: [[[UInt8]]]
    let classes: [LeafClasses]?

    private static let radius = 22.0
    private static let levelHeight = 128.0
    /// Between images.
    private static let gap = 4.0
    private static let histogramHeight = 124.0

    func picture() throws -> Picture {
        let scale = FigurePage.scale(shape, side: 68)
        let grid = Grid(shape, scale: scale, gap: Self.gap)
        let column = max(grid.width, 128) + 44
        let width = column * Double(topology.leaves.count)
        let layout = TreeLayout(
            topology, columnWidth: column, levelHeight: Self.levelHeight, left: FigurePage.margin,
            top: FigurePage.top + Self.radius)
        let deepest = layout.nodes.map(\.place.y).max() ?? 0
        let leafBottom = deepest + Self.radius + 36 + grid.height + (classes == nil ? 0 : Self.histogramHeight + 56)
        let legend = classes?.first.map { ClassLegend($0.classNames, width: width) }
        var picture = FigurePage.picture(
            title, width: width, bottom: leafBottom + (legend.map { $0.height + 24 } ?? 0))
        layout.drawArrows(on: &picture, radius: Self.radius)
        for node in layout.nodes {
            picture.disc(
                node.place, radius: Self.radius, fill: node.leaf == nil ? .nodeFill : .leafFill,
                outline: node.leaf == nil ? .nodeOutline : .leafOutline)
            guard let leaf = node.leaf else { continue }
            picture.text("\(leaf)", x: node.place.x, y: node.place.y - 7, anchor: .middle)
            try draw(leaf, below: node.place, grid, on: &picture)
        }
        legend?.draw(x: FigurePage.margin, y: leafBottom + 24, on: &picture)
        return picture
    }

    /// Three by three images.
    private struct Grid {
        let scale: Int
        let stepX: Double
        let stepY: Double
        let width: Double
        let height: Double

        init(_ shape: ImageShape, scale: Int, gap: Double) {
            self.scale = scale
            stepX = Double(shape.width * scale) + gap
            stepY = Double(shape.height * scale) + gap
            width = 3 * stepX - gap
            height = 3 * stepY - gap
        }
    }

    private func draw(_ leaf: Int, below place: Picture.Point, _ grid: Grid, on picture: inout Picture) throws {
        let (left, top) = (place.x - grid.width / 2, place.y + Self.radius + 36)
        picture.arrow(
            from: Picture.Point(x: place.x, y: place.y + Self.radius), to: Picture.Point(x: place.x, y: top - 2), .line)
        for (number, pixels) in images[leaf].prefix(9).enumerated() {
            picture.image(
                try shape.buffer(pixels), x: left + Double(number % 3) * grid.stepX,
                y: top + Double(number / 3) * grid.stepY, scale: grid.scale)
        }
        if images[leaf].isEmpty {
            picture.box(x: left, y: top, width: grid.width, height: grid.height, outline: .line)
            picture.text("never drawn", x: place.x, y: top + 30, anchor: .middle)
        }
        if let classes {
            drawHistogram(classes[leaf], x: left, y: top + grid.height + 16, width: grid.width, on: &picture)
        }
    }

    /// A bar a class, from 0 to 1, with the most frequent class in words below.
    private func drawHistogram(
        _ classes: LeafClasses, x: Double, y: Double, width: Double, on picture: inout Picture
    ) {
        let height = Self.histogramHeight
        picture.box(x: x, y: y, width: width, height: height, outline: .line)
        picture.rectangle(x: x + 2, y: y + height / 2, width: width - 4, height: 1, .grid)
        picture.text("1", x: x - 6, y: y, anchor: .end, .line)
        picture.text("0", x: x - 6, y: y + height - Picture.height(), anchor: .end, .line)
        let bar = (width - 12) / Double(max(1, classes.classNames.count))
        for (index, share) in classes.shares.enumerated() where share > 0 {
            let length = share * (height - 4)
            picture.rectangle(
                x: x + 6 + Double(index) * bar, y: y + height - 2 - length, width: max(bar - 2, 1), height: length,
                ClassPalette.colour(index))
        }
        guard let majority = classes.majority else { return }
        let words = FigurePage.fitted("\(majority.name): \(Decimals.hundredths(majority.share))", width: width + 30)
        picture.text(words, x: x + width / 2, y: y + height + 14, anchor: .middle)
    }
}
