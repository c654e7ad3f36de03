/// Shapes, text and images in pixels, that can be had as PNG and as SVG; later ones cover earlier ones.
///
/// Text is as wide as in the bitmap font; SVG stretches its own to that width, so that both look alike.
package struct Picture: Sendable {
    package struct Point: Sendable, Equatable {
        package var x: Double
        package var y: Double

        package init(x: Double, y: Double) {
            (self.x, self.y) = (x, y)
        }
    }

    package enum Anchor: Sendable {
        case start, middle, end
    }

    enum Shape: Sendable {
        case rectangle(x: Double, y: Double, width: Double, height: Double, Colour)
        case line([Point], width: Double, Colour)
        case polygon([Point], Colour)
        case circle(Point, radius: Double, Colour)
        case image(ImageBuffer, x: Double, y: Double, scale: Int)
        case text(String, x: Double, y: Double, scale: Int, Anchor, Colour)
    }

    package let width: Int
    package let height: Int
    private(set) var shapes: [Shape] = []

    package init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
    }

    package mutating func rectangle(x: Double, y: Double, width: Double, height: Double, _ colour: Colour) {
        shapes.append(.rectangle(x: x, y: y, width: width, height: height, colour))
    }

    /// A line through points, with round corners.
    package mutating func line(_ points: [Point], width: Double = 1, _ colour: Colour) {
        if points.count > 1 { shapes.append(.line(points, width: width, colour)) }
    }

    /// A filled polygon.
    package mutating func polygon(_ corners: [Point], _ colour: Colour) {
        shapes.append(.polygon(corners, colour))
    }

    /// A filled circle.
    package mutating func circle(_ centre: Point, radius: Double, _ colour: Colour) {
        shapes.append(.circle(centre, radius: radius, colour))
    }

    /// An image with its top left corner at `x`, `y`, each of its pixels a square of `scale` with hard edges.
    package mutating func image(_ image: ImageBuffer, x: Double, y: Double, scale: Int) {
        shapes.append(.image(image, x: x, y: y, scale: scale))
    }

    /// One line of text. `y` is the top of its capitals, `x` where it starts, has its middle, or ends.
    package mutating func text(
        _ text: String, x: Double, y: Double, scale: Int = 2, anchor: Anchor = .start, _ colour: Colour = .ink
    ) {
        shapes.append(.text(text, x: x, y: y, scale: scale, anchor, colour))
    }

    /// Pixels that `text` takes across.
    package static func width(of text: String, scale: Int = 2) -> Double {
        Double(BitmapFont.width(text) * scale)
    }

    /// Pixels from the top of capitals to their foot.
    package static func height(scale: Int = 2) -> Double { Double(7 * scale) }
}

extension Picture.Anchor {
    /// Where text of a width starts.
    func start(_ x: Double, width: Double) -> Double {
        switch self {
        case .start: x
        case .middle: x - width / 2
        case .end: x - width
        }
    }
}
