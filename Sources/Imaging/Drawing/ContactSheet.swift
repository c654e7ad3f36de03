/// Equal images in a grid, with a title, a header above each column and a label left of each row.
///
/// Images are enlarged by whole numbers with hard edges, so that every pixel of the original can be seen.
package struct ContactSheet: Sendable {
    package struct Row: Sendable {
        package var label: String
        /// nil leaves its cell empty.
        package var images: [ImageBuffer?]

        package init(label: String = "", images: [ImageBuffer?]) {
            self.label = label
            self.images = images
        }
    }

    package var title: String
    /// Above the columns, from the left; may be fewer than the columns.
    package var columnHeaders: [String]
    package var rows: [Row]
    /// How many pixels an image's pixel is wide; nil takes what makes images about 84 pixels wide.
    package var scale: Int?

    package init(title: String = "", columnHeaders: [String] = [], rows: [Row], scale: Int? = nil) {
        self.title = title
        self.columnHeaders = columnHeaders
        self.rows = rows
        self.scale = scale
    }

    /// A sheet without labels, filled row by row from the top left.
    package init(title: String = "", images: [ImageBuffer], columns: Int, scale: Int? = nil) {
        precondition(columns >= 1, "A contact sheet has at least one column.")
        let rows = stride(from: 0, to: images.count, by: columns).map { start in
            Row(images: Array(images[start..<min(start + columns, images.count)]))
        }
        self.init(title: title, rows: rows, scale: scale)
    }

    /// Grey if every image is, RGB otherwise.
    ///
    /// - Throws: `ImagingError` if there is no image, the images differ in size, or the sheet would be too large.
    package func render() throws(ImagingError) -> ImageBuffer {
        let images = rows.flatMap { $0.images.compactMap { $0 } }
        guard let first = images.first else {
            throw ImagingError("A contact sheet needs at least one image.")
        }
        if let odd = images.first(where: { $0.width != first.width || $0.height != first.height }) {
            throw ImagingError(
                "A contact sheet needs images of one size, not \(first.width)×\(first.height) and "
                    + "\(odd.width)×\(odd.height).")
        }
        let layout = try ContactSheetLayout(self, image: first)
        var canvas = try Canvas(
            width: layout.width, height: layout.height, channels: images.map(\.channels).max() ?? 1)
        layout.draw(self, on: &canvas)
        return try canvas.image()
    }
}
