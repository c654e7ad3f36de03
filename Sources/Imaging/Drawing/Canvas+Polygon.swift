extension Canvas {
    /// Fills a polygon (even-odd rule) whose corners are in pixels. A pixel on its edge takes the colour by the share of it
    /// that is covered: exact across, and from `levels` lines down.
    mutating func fill(_ corners: [Picture.Point], _ colour: Colour) {
        let (top, bottom) = (corners.map(\.y).min() ?? 0, corners.map(\.y).max() ?? 0)
        let rows = Self.clamped(top.rounded(.down), height)..<Self.clamped(bottom.rounded(.up), height)
        let levels = 4
        var coverage = [Double](repeating: 0, count: width)
        for row in rows {
            var (first, end) = (width, 0)
            for level in 0..<levels {
                let y = Double(row) + (Double(level) + 0.5) / Double(levels)
                let crossings = Self.crossings(corners, y)
                for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
                    let span = (from: max(0, crossings[pair]), to: min(Double(width), crossings[pair + 1]))
                    guard span.from < span.to else { continue }
                    let columns = Int(span.from)..<Self.clamped(span.to.rounded(.up), width)
                    for column in columns {
                        let inside = min(span.to, Double(column + 1)) - max(span.from, Double(column))
                        coverage[column] += inside / Double(levels)
                    }
                    (first, end) = (min(first, columns.lowerBound), max(end, columns.upperBound))
                }
            }
            for column in first..<max(first, end) {
                blend(x: column, y: row, colour, share: coverage[column])
                coverage[column] = 0
            }
        }
    }

    /// Where a horizontal line meets the polygon's edges, from the left.
    private static func crossings(_ corners: [Picture.Point], _ y: Double) -> [Double] {
        corners.indices.compactMap { index -> Double? in
            let (a, b) = (corners[index], corners[(index + 1) % corners.count])
            guard (a.y <= y) != (b.y <= y) else { return nil }
            return a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x)
        }.sorted()
    }

    private static func clamped(_ value: Double, _ limit: Int) -> Int { Int(min(max(value, 0), Double(limit))) }
}
