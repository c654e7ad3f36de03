import Imaging
import Models

/// Images in rows without gaps, each row with its name on the left and each column with its name above.
struct ImageRowsFigure {
    struct Row {
        /// A line each.
        var names: [String]
        var images: [[UInt8]]
    }

    let title: String
    let shape: ImageShape
    var columnNames: [String] = []
    var rows: [Row]

    private static let nameScale = 3
    private static let lineHeight = 36.0

    func picture() throws -> Picture {
        let scale = FigurePage.scale(shape, side: 128)
        let cell = (width: Double(shape.width * scale), height: Double(shape.height * scale))
        let widest = rows.flatMap(\.names).map { Picture.width(of: $0, scale: Self.nameScale) }.max() ?? 0
        let left = FigurePage.margin + widest + 24
        let top = FigurePage.top + (columnNames.isEmpty ? 0 : 40)
        let columns = rows.map(\.images.count).max() ?? 0
        var picture = FigurePage.picture(
            title, width: left - FigurePage.margin + Double(columns) * cell.width,
            bottom: top + Double(rows.count) * cell.height)
        for (column, name) in columnNames.enumerated() {
            picture.text(
                FigurePage.fitted(name, width: cell.width), x: left + (Double(column) + 0.5) * cell.width, y: top - 28,
                anchor: .middle)
        }
        for (number, row) in rows.enumerated() {
            let y = top + Double(number) * cell.height
            draw(row.names, x: left - 18, middle: y + cell.height / 2, on: &picture)
            for (column, pixels) in row.images.enumerated() {
                picture.image(try shape.buffer(pixels), x: left + Double(column) * cell.width, y: y, scale: scale)
            }
        }
        return picture
    }

    private func draw(_ names: [String], x: Double, middle: Double, on picture: inout Picture) {
        let height = Double(names.count - 1) * Self.lineHeight + Picture.height(scale: Self.nameScale)
        for (line, name) in names.enumerated() {
            let top = middle - height / 2 + Double(line) * Self.lineHeight
            picture.text(name, x: x, y: top, scale: Self.nameScale, anchor: .end)
        }
    }
}
