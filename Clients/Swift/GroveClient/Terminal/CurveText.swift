/// A curve in characters: dots of Braille cells, two by four in each, with the range at the left and the steps below.
package enum CurveText {
    /// Lines of the curve itself; one more below says the steps.
    package static let height = 8
    /// Columns that the numbers at the left take.
    private static let margin = 10
    /// No curve is drawn in fewer columns.
    private static let narrowest = 40

    /// The lines for `curve`, each at most `width` characters; none where there is nothing to draw, or no room.
    package static func lines(_ curve: Grove_V1_Curve, width: Int) -> [String] {
        let values = curve.values.filter(\.isFinite).map(Double.init)
        guard values.count > 1, width >= narrowest, let low = values.min(), let high = values.max() else { return [] }
        let columns = min(width - margin, 100)
        let cells = cells(values, low: low, high: high, columns: columns)
        var lines = cells.enumerated().map { row, text in
            let number = row == 0 ? Format.number(high) : row == height - 1 ? Format.number(low) : ""
            return pad(number) + text
        }
        let (first, last) = ("step \(curve.firstStep)", "\(curve.lastStep)")
        let gap = String(repeating: " ", count: max(1, columns - first.count - last.count))
        lines.append(pad("loss") + first + gap + last)
        return lines
    }

    private static func pad(_ text: String) -> String {
        String(repeating: " ", count: max(0, margin - 1 - text.count)) + text + " "
    }

    private static func cells(_ values: [Double], low: Double, high: Double, columns: Int) -> [String] {
        var dots = [[UInt32]](repeating: [UInt32](repeating: 0, count: columns), count: height)
        let (across, down) = (columns * 2, height * 4)
        func row(_ value: Double) -> Int {
            high > low ? Int(((high - value) / (high - low) * Double(down - 1)).rounded()) : down / 2
        }
        var previous: Int?
        for x in 0..<across {
            let y = row(values[x * (values.count - 1) / (across - 1)])
            // A step up or down is a line, not a gap.
            let from = previous.map { $0 < y ? $0 + 1 : $0 > y ? $0 - 1 : y } ?? y
            for dot in min(from, y)...max(from, y) { dots[dot / 4][x / 2] |= bit(x % 2, dot % 4) }
            previous = y
        }
        return dots.map { line in
            var text = String.UnicodeScalarView()
            text.append(contentsOf: line.compactMap { Unicode.Scalar(0x2800 + $0) })
            return String(text)
        }
    }

    /// Of a Braille pattern, by column and row.
    private static func bit(_ column: Int, _ row: Int) -> UInt32 {
        row == 3 ? (column == 0 ? 0x40 : 0x80) : 1 << UInt32(row + 3 * column)
    }
}
