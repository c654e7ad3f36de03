import Imaging

/// A colour for each class, told apart at a glance for up to ten and reused after that.
enum ClassPalette {
    private static let colours: [Colour] = [
        0x1F77B4, 0xFF7F0E, 0x2CA02C, 0xD62728, 0x9467BD, 0x8C564B, 0xE377C2, 0x7F7F7F, 0xBCBD22, 0x17BECF,
    ].map { Colour($0) }

    static func colour(_ index: Int) -> Colour { colours[index % colours.count] }
}

/// Names beside squares of their colours, in rows of equal columns.
struct ClassLegend {
    private let names: [String]
    private let column: Double
    private let perRow: Int
    private static let rowHeight = 36.0

    init(_ names: [String], width: Double) {
        self.names = names
        let widest = names.map { Picture.width(of: $0) }.max() ?? 0
        column = min(widest + 68, width)
        perRow = max(1, Int(width / column))
    }

    var height: Double { Double((names.count + perRow - 1) / perRow) * Self.rowHeight }

    func draw(x: Double, y: Double, on picture: inout Picture) {
        for (index, name) in names.enumerated() {
            let left = x + Double(index % perRow) * column
            let top = y + Double(index / perRow) * Self.rowHeight
            picture.rectangle(x: left, y: top, width: 24, height: 24, ClassPalette.colour(index))
            picture.text(FigurePage.fitted(name, width: column - 44), x: left + 34, y: top + 5)
        }
    }
}
