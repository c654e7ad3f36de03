import Foundation

extension Picture {
    /// The picture in pixels, on white.
    package func image() throws(ImagingError) -> ImageBuffer {
        var canvas = try Canvas(width: width, height: height, channels: 3)
        for shape in shapes {
            switch shape {
            case .rectangle(let x, let y, let width, let height, let colour):
                let (left, top) = (x.rounded(), y.rounded())
                canvas.fill(
                    x: Int(left), y: Int(top), width: Int((x + width).rounded() - left),
                    height: Int((y + height).rounded() - top), colour)
            case .line(let points, let width, let colour):
                for (start, end) in zip(points, points.dropFirst()) {
                    canvas.stroke(from: start, to: end, width: width, colour)
                }
            case .polygon(let corners, let colour): canvas.fill(corners, colour)
            case .circle(let centre, let radius, let colour):
                canvas.fill(Self.corners(of: centre, radius: radius), colour)
            case .image(let image, let x, let y, let scale):
                canvas.draw(image, x: Int(x.rounded()), y: Int(y.rounded()), scale: scale)
            case .text(let text, let x, let y, let scale, let anchor, let colour):
                let start = anchor.start(x, width: Self.width(of: text, scale: scale))
                canvas.write(text, x: Int(start.rounded()), y: Int(y.rounded()), scale: scale, colour)
            }
        }
        return try canvas.image()
    }

    /// A circle as a polygon that no eye tells from it.
    private static func corners(of centre: Point, radius: Double) -> [Point] {
        (0..<64).map { corner in
            let angle = 2 * Double.pi * Double(corner) / 64
            return Point(x: centre.x + radius * cos(angle), y: centre.y + radius * sin(angle))
        }
    }
}

extension Canvas {
    /// Draws a straight line with round ends: each pixel as far as the line covers it.
    mutating func stroke(from start: Picture.Point, to end: Picture.Point, width: Double, _ colour: Colour) {
        let reach = width / 2 + 1
        let columns = clipped(min(start.x, end.x) - reach, max(start.x, end.x) + reach, to: self.width)
        let rows = clipped(min(start.y, end.y) - reach, max(start.y, end.y) + reach, to: height)
        let (dx, dy) = (end.x - start.x, end.y - start.y)
        let squared = dx * dx + dy * dy
        for row in rows {
            for column in columns {
                let (x, y) = (Double(column) + 0.5 - start.x, Double(row) + 0.5 - start.y)
                let along = squared > 0 ? min(max((x * dx + y * dy) / squared, 0), 1) : 0
                let (offX, offY) = (x - along * dx, y - along * dy)
                let distance = (offX * offX + offY * offY).squareRoot()
                blend(x: column, y: row, colour, share: min(max(width / 2 + 0.5 - distance, 0), 1))
            }
        }
    }

    private func clipped(_ low: Double, _ high: Double, to limit: Int) -> Range<Int> {
        let first = Int(min(max(low, 0), Double(limit)))
        return first..<max(first, Int(min(max(high + 1, 0), Double(limit))))
    }
}
