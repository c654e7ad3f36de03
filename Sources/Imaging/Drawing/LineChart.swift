/// Curves over a common horizontal axis, each in a panel of its own with a title, axes and labels.
package struct LineChart: Sendable {
    package struct Panel: Sendable {
        package var title: String
        /// In the order of x.
        package var points: [Picture.Point]

        package init(title: String, points: [Picture.Point]) {
            (self.title, self.points) = (title, points)
        }
    }

    /// A place on the horizontal axis with a name, such as the beginning of a stage.
    package struct Mark: Sendable {
        package var x: Double
        package var label: String

        package init(x: Double, label: String) {
            (self.x, self.label) = (x, label)
        }
    }

    package var title: String
    package var horizontalLabel: String
    package var panels: [Panel]
    package var marks: [Mark]

    package init(title: String, horizontalLabel: String, panels: [Panel], marks: [Mark] = []) {
        self.title = title
        self.horizontalLabel = horizontalLabel
        self.panels = panels
        self.marks = marks
    }

    /// The first panel across the whole width, the others two in a row.
    package var picture: Picture {
        let rows = 1 + panels.count / 2
        var picture = Picture(
            width: Int(2 * Self.panelWidth + 3 * Self.margin),
            height: Int(Self.top + Double(rows) * (Self.panelHeight + Self.margin)))
        picture.text(title, x: Self.margin, y: Self.margin, scale: 3)
        let horizontal = Axis(covering: panels.flatMap { $0.points.map(\.x) }, about: 8)
        for (index, panel) in panels.enumerated() {
            let column = index == 0 ? 0 : Double((index - 1) % 2)
            let row = index == 0 ? 0 : Double(1 + (index - 1) / 2)
            let frame = Frame(
                x: Self.margin + column * (Self.panelWidth + Self.margin),
                y: Self.top + row * (Self.panelHeight + Self.margin),
                width: index == 0 ? 2 * Self.panelWidth + Self.margin : Self.panelWidth, height: Self.panelHeight)
            draw(panel, in: frame, horizontal, showsLabels: index == 0, on: &picture)
        }
        return picture
    }

    private static let margin = 20.0
    private static let top = 64.0
    private static let panelWidth = 480.0
    private static let panelHeight = 250.0
}

// MARK: A panel

extension LineChart {
    private struct Frame {
        var x: Double
        var y: Double
        var width: Double
        var height: Double
    }

    private func draw(
        _ panel: Panel, in frame: Frame, _ horizontal: Axis, showsLabels: Bool, on picture: inout Picture
    ) {
        let vertical = Axis(covering: panel.points.map(\.y), about: 4)
        let head = showsLabels && !marks.isEmpty ? 44.0 : 26
        let plot = Frame(x: frame.x + 76, y: frame.y + head, width: frame.width - 90, height: frame.height - head - 48)
        func x(_ value: Double) -> Double { plot.x + horizontal.position(value) * plot.width }
        func y(_ value: Double) -> Double { plot.y + (1 - vertical.position(value)) * plot.height }

        picture.text(panel.title, x: plot.x, y: frame.y)
        for tick in vertical.ticks {
            picture.line([.init(x: plot.x, y: y(tick)), .init(x: plot.x + plot.width, y: y(tick))], .grid)
            picture.text(vertical.label(tick), x: plot.x - 8, y: y(tick) - 7, anchor: .end)
        }
        for (index, mark) in marks.enumerated() where horizontal.range.contains(mark.x) {
            picture.line([.init(x: x(mark.x), y: plot.y), .init(x: x(mark.x), y: plot.y + plot.height)], .mark)
            let room = (index + 1 < marks.count ? x(marks[index + 1].x) : plot.x + plot.width) - x(mark.x)
            // A name that would run into the next one is left out.
            if showsLabels, Picture.width(of: mark.label) + 8 < room {
                picture.text(mark.label, x: x(mark.x) + 2, y: plot.y - 19, .mark)
            }
        }
        for tick in horizontal.ticks.thinned(toFit: plot.width, horizontal) {
            picture.line(
                [.init(x: x(tick), y: plot.y + plot.height), .init(x: x(tick), y: plot.y + plot.height + 5)], .ink)
            picture.text(horizontal.label(tick), x: x(tick), y: plot.y + plot.height + 10, anchor: .middle)
        }
        picture.text(
            horizontalLabel, x: plot.x + plot.width / 2, y: plot.y + plot.height + 30, anchor: .middle)
        picture.line(
            [
                .init(x: plot.x, y: plot.y), .init(x: plot.x, y: plot.y + plot.height),
                .init(x: plot.x + plot.width, y: plot.y + plot.height),
            ], .ink)
        // What is on either side of a mark cannot be compared, so no line leads over it.
        let reach = panel.points.count / 50
        for part in panel.points.filter({ vertical.range.contains($0.y) }).cut(at: marks.map(\.x)) {
            let points = part.map { Picture.Point(x: x($0.x), y: y($0.y)) }
            picture.line(points, .faint)
            picture.line(points.smoothed(reach: reach), width: 2, .curve)
        }
    }
}

extension Colour {
    fileprivate static let grid = Colour(grey: 228)
    fileprivate static let mark = Colour(grey: 130)
    /// The values as they are, and their smoothed course above them.
    fileprivate static let faint = Colour(red: 176, green: 204, blue: 232)
    fileprivate static let curve = Colour(red: 20, green: 84, blue: 156)
}

extension [Double] {
    /// Every tick, every second and so on, so that labels do not touch.
    fileprivate func thinned(toFit width: Double, _ axis: Axis) -> [Double] {
        let widest = (map { Picture.width(of: axis.label($0)) }.max() ?? 0) + 14
        let every = Swift.max(1, Int((widest * Double(count) / width).rounded(.up)))
        return enumerated().filter { $0.offset % every == 0 }.map(\.element)
    }
}

extension [Picture.Point] {
    /// The points before, between and from each of `places` on.
    fileprivate func cut(at places: [Double]) -> [[Picture.Point]] {
        let starts = places.compactMap { place in firstIndex { $0.x >= place } }
        let edges = Set([0, count] + starts).sorted()
        return zip(edges, edges.dropFirst()).map { Array(self[$0..<$1]) }
    }

    /// A moving average over so many points on either side.
    fileprivate func smoothed(reach: Int) -> [Picture.Point] {
        guard reach > 0 else { return self }
        var sums = [0.0]
        for point in self { sums.append(sums[sums.count - 1] + point.y) }
        return indices.map { index in
            // The same on both sides, so that ends are not drawn towards the middle.
            let half = Swift.min(reach, index, count - 1 - index)
            let (first, last) = (index - half, index + half + 1)
            return Picture.Point(x: self[index].x, y: (sums[last] - sums[first]) / Double(last - first))
        }
    }
}
