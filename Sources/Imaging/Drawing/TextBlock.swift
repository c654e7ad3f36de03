/// Words set in lines of at most a given width, where they can be.
struct TextBlock {
    let lines: [String]
    let scale: Int

    /// Lines break at spaces; a word that is wider than `width` pixels stays whole.
    init(_ text: String, scale: Int, width: Int = .max) {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, BitmapFont.width("\(last) \(word)") * scale <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        self.lines = lines
        self.scale = scale
    }

    var width: Int { (lines.map { BitmapFont.width($0) }.max() ?? 0) * scale }

    private var lineHeight: Int { (BitmapFont.height + 2) * scale }

    /// From the top of the first line's capitals to below the last line's descenders.
    var height: Int { lines.isEmpty ? 0 : (lines.count - 1) * lineHeight + BitmapFont.height * scale }

    enum Alignment { case leading, centre, trailing }

    /// Draws the lines into the box whose top left corner is x, y and which is `width` wide.
    func draw(on canvas: inout Canvas, x: Int, y: Int, width: Int, alignment: Alignment, _ colour: Colour) {
        for (number, line) in lines.enumerated() {
            let room = width - BitmapFont.width(line) * scale
            let offset =
                switch alignment {
                case .leading: 0
                case .centre: room / 2
                case .trailing: room
                }
            canvas.write(line, x: x + offset, y: y + number * lineHeight, scale: scale, colour)
        }
    }
}
