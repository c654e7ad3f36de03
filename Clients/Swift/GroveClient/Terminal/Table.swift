/// Rows under headings: aligned with two spaces between for people, with tabs between and no headings for programs.
package struct Table {
    package enum Style: Sendable {
        case people
        case programs
    }

    package struct Column: Sendable {
        package var heading: String
        /// Numbers stand right.
        package var isNumber: Bool

        package init(_ heading: String, isNumber: Bool = false) {
            (self.heading, self.isNumber) = (heading, isNumber)
        }
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    package init(_ columns: [Column]) {
        self.columns = columns
    }

    package mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count, "a row needs \(columns.count) cells, not \(cells.count)")
        rows.append(cells.map(Self.clean))
    }

    /// Cells are one line each: what would break the table becomes a space.
    private static func clean(_ cell: String) -> String {
        String(cell.map { $0 == "\t" || $0.isNewline ? " " : $0 }).printable
    }

    package func lines(_ style: Style) -> [String] {
        switch style {
        case .programs: return rows.map { $0.joined(separator: "\t") }
        case .people:
            guard !rows.isEmpty else { return [] }
            let all = [columns.map(\.heading)] + rows
            let widths = columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
            return all.map { row in line(row, widths) }
        }
    }

    private func line(_ row: [String], _ widths: [Int]) -> String {
        var line = ""
        for (index, cell) in row.enumerated() {
            let gap = String(repeating: " ", count: widths[index] - cell.count)
            let isLast = index == row.count - 1
            if columns[index].isNumber {
                line += gap + cell
            } else {
                line += isLast ? cell : cell + gap
            }
            if !isLast { line += "  " }
        }
        return line
    }
}
