/// Where the parts of a contact sheet go, in pixels.
struct ContactSheetLayout {
    static let margin = 16
    /// Between neighbouring images.
    static let separator = 2
    /// Between text and what it names.
    static let textGap = 8
    static let textScale = 2
    static let titleScale = 3
    /// What images are enlarged to, about.
    static let comfortableSide = 84
    /// Where the words of a row's label wrap.
    static let labelWidth = 180
    /// A title may be this wide even over a narrow grid.
    static let narrowestTitle = 360

    let width: Int
    let height: Int
    private let scale: Int
    private let imageSize: (width: Int, height: Int)
    private let cell: (width: Int, height: Int)
    private let grid: (left: Int, top: Int)
    private let headers: [TextBlock]
    private let labels: [TextBlock]
    private let title: TextBlock

    init(_ sheet: ContactSheet, image: ImageBuffer) throws(ImagingError) {
        let columns = max(sheet.rows.map(\.images.count).max() ?? 0, sheet.columnHeaders.count)
        let scale = sheet.scale ?? max(1, Self.comfortableSide / max(image.width, image.height))
        let limit = ImageLimits.standard.side
        guard scale >= 1, scale <= limit, columns <= limit, sheet.rows.count <= limit else {
            throw ImagingError("A contact sheet takes a scale and rows and columns of 1 to \(limit); make it smaller.")
        }
        let imageSize = (width: image.width * scale, height: image.height * scale)
        let headers = sheet.columnHeaders.map { TextBlock($0, scale: Self.textScale, width: imageSize.width) }
        let labels = sheet.rows.map { TextBlock($0.label, scale: Self.textScale, width: Self.labelWidth) }
        // A word that is wider than the images widens every column, so that no header runs into its neighbour.
        let widestHeader = headers.map(\.width).max() ?? 0
        let cell = (
            width: max(imageSize.width, widestHeader + (widestHeader > imageSize.width ? Self.textGap : 0)),
            height: max(imageSize.height, (labels.map(\.height).max() ?? 0) + Self.separator)
        )
        let gridWidth = columns * (cell.width + Self.separator) - Self.separator
        let widestLabel = labels.map(\.width).max() ?? 0
        let labelColumn = widestLabel > 0 ? widestLabel + Self.textGap : 0
        let title = TextBlock(
            sheet.title, scale: Self.titleScale, width: max(labelColumn + gridWidth, Self.narrowestTitle))
        let tallestHeader = headers.map(\.height).max() ?? 0
        let titleRoom = title.height > 0 ? title.height + Self.textGap : 0
        let headerRoom = tallestHeader > 0 ? tallestHeader + Self.textGap / 2 : 0
        let grid = (left: Self.margin + labelColumn, top: Self.margin + titleRoom + headerRoom)
        width = max(grid.left + gridWidth, Self.margin + title.width) + Self.margin
        height = grid.top + sheet.rows.count * (cell.height + Self.separator) - Self.separator + Self.margin
        self.scale = scale
        self.imageSize = imageSize
        self.cell = cell
        self.grid = grid
        self.headers = headers
        self.labels = labels
        self.title = title
    }

    func draw(_ sheet: ContactSheet, on canvas: inout Canvas) {
        title.draw(
            on: &canvas, x: Self.margin, y: Self.margin, width: width - 2 * Self.margin, alignment: .leading, .ink)
        for (column, header) in headers.enumerated() {
            header.draw(
                on: &canvas, x: left(of: column), y: grid.top - Self.textGap / 2 - header.height, width: cell.width,
                alignment: .centre, .ink)
        }
        for (number, row) in sheet.rows.enumerated() {
            let top = grid.top + number * (cell.height + Self.separator)
            let label = labels[number]
            label.draw(
                on: &canvas, x: Self.margin, y: top + (cell.height - label.height) / 2,
                width: grid.left - Self.textGap - Self.margin, alignment: .trailing, .ink)
            for (column, image) in row.images.enumerated() {
                guard let image else { continue }
                canvas.draw(
                    image, x: left(of: column) + (cell.width - imageSize.width) / 2,
                    y: top + (cell.height - imageSize.height) / 2, scale: scale)
            }
        }
    }

    private func left(of column: Int) -> Int {
        grid.left + column * (cell.width + Self.separator)
    }
}
