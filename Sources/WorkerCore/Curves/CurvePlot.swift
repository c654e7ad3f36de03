import Imaging

/// A curve drawn for people: a panel for everything that was measured and ever changed.
package struct CurvePlot {
    private let chart: LineChart

    package init(_ curve: TrainingCurve, title: String) {
        let panels = curve.names.indices.compactMap { index -> LineChart.Panel? in
            let points = curve.points.compactMap { point -> Picture.Point? in
                guard point.values.indices.contains(index), let value = point.values[index] else { return nil }
                return Picture.Point(x: Double(point.step), y: value)
            }
            let isFlat = points.allSatisfy { $0.y == points.first?.y }
            guard !points.isEmpty, index == 0 || !isFlat else { return nil }
            return LineChart.Panel(title: curve.names[index].replacingUnderscores, points: points)
        }
        var marks: [LineChart.Mark] = []
        for point in curve.points where point.stage != marks.last?.label {
            marks.append(.init(x: Double(point.step), label: point.stage))
        }
        // One stage needs no name.
        chart = LineChart(
            title: title, horizontalLabel: "step", panels: panels, marks: marks.count > 1 ? marks : [])
    }

    /// `curves.png` and `curves.svg`.
    package var files: [ResultFile] {
        get throws {
            let picture = chart.picture
            return [
                ResultFile(name: "curves.png", mediaType: "image/png", bytes: try PNG.encode(picture.image())),
                ResultFile(name: "curves.svg", mediaType: "image/svg+xml", bytes: Array(try picture.svg().utf8)),
            ]
        }
    }
}

extension String {
    fileprivate var replacingUnderscores: String { String(map { $0 == "_" ? " " : $0 }) }
}
