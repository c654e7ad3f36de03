import Foundation

extension Picture {
    /// The picture as an SVG file, its images inside it as PNG. Equal pictures give equal text.
    ///
    /// - Throws: `ImagingError` for an image that cannot be encoded.
    package func svg() throws(ImagingError) -> String {
        var lines: [String] = []
        for shape in shapes { lines.append(try Self.element(shape)) }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)">
            <rect width="\(width)" height="\(height)" fill="#ffffff"/>
            \(lines.joined(separator: "\n"))
            </svg>

            """
    }

    private static func element(_ shape: Shape) throws(ImagingError) -> String {
        switch shape {
        case .rectangle(let x, let y, let width, let height, let colour):
            return "<rect x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\" height=\"\(number(height))\""
                + " fill=\"\(hex(colour))\"/>"
        case .line(let points, let width, let colour):
            let path = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
            return "<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(hex(colour))\""
                + " stroke-width=\"\(number(width))\" stroke-linejoin=\"round\" stroke-linecap=\"round\"/>"
        case .polygon(let corners, let colour):
            let path = corners.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
            return "<polygon points=\"\(path)\" fill=\"\(hex(colour))\"/>"
        case .circle(let centre, let radius, let colour):
            return "<circle cx=\"\(number(centre.x))\" cy=\"\(number(centre.y))\" r=\"\(number(radius))\""
                + " fill=\"\(hex(colour))\"/>"
        case .image(let image, let x, let y, let scale):
            let data = Data(try PNG.encode(image)).base64EncodedString()
            return "<image x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(image.width * scale)\""
                + " height=\"\(image.height * scale)\" preserveAspectRatio=\"none\""
                + " style=\"image-rendering:pixelated\" href=\"data:image/png;base64,\(data)\"/>"
        case .text(let text, let x, let y, let scale, let anchor, let colour):
            // Capitals are about 0.72 of the font's size, in the usual sans serifs.
            let (width, capitals) = (self.width(of: text, scale: scale), height(scale: scale))
            return "<text x=\"\(number(anchor.start(x, width: width)))\" y=\"\(number(y + capitals))\""
                + " font-family=\"Helvetica, Arial, sans-serif\" font-size=\"\(number(capitals / 0.72))\""
                + " textLength=\"\(number(width))\" lengthAdjust=\"spacingAndGlyphs\" fill=\"\(hex(colour))\">"
                + "\(escaped(text))</text>"
        }
    }

    /// With at most two places, so that long lines stay short.
    private static func number(_ value: Double) -> String {
        let hundredfold = (value * 100).rounded() / 100
        return hundredfold == hundredfold.rounded() ? "\(Int(hundredfold))" : "\(hundredfold)"
    }

    private static func hex(_ colour: Colour) -> String {
        "#" + [colour.red, colour.green, colour.blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func escaped(_ text: String) -> String {
        text.map { character in
            switch character {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            default: String(character)
            }
        }.joined()
    }
}
