/// Pixels to draw on. Everything outside is cut off.
package struct Canvas {
    package let width: Int
    package let height: Int
    /// 1 for grey, 3 for RGB.
    package let channels: Int
    private var pixels: [UInt8]

    /// - Throws: `ImagingError` if the canvas would be larger than an image may be.
    package init(width: Int, height: Int, channels: Int, background: Colour = .white) throws(ImagingError) {
        precondition(channels == 1 || channels == 3, "A canvas has 1 or 3 channels.")
        try ImageLimits.standard.check(width: width, height: height)
        self.width = width
        self.height = height
        self.channels = channels
        pixels = [UInt8](repeating: 0, count: width * height * channels)
        fill(x: 0, y: 0, width: width, height: height, background)
    }

    package mutating func fill(x: Int, y: Int, width: Int, height: Int, _ colour: Colour) {
        let columns = max(x, 0)..<max(min(x + width, self.width), max(x, 0))
        let rows = max(y, 0)..<max(min(y + height, self.height), max(y, 0))
        let values = colour.values(channels: channels)
        for row in rows {
            for column in columns {
                for channel in 0..<channels {
                    pixels[(row * self.width + column) * channels + channel] = values[channel]
                }
            }
        }
    }

    /// Mixes a colour into a pixel: `share` 1 replaces it, 0 leaves it.
    mutating func blend(x: Int, y: Int, _ colour: Colour, share: Double) {
        guard share > 0, (0..<width).contains(x), (0..<height).contains(y) else { return }
        let values = colour.values(channels: channels)
        for channel in 0..<channels {
            let index = (y * width + x) * channels + channel
            let old = Double(pixels[index])
            pixels[index] = UInt8((old + (Double(values[channel]) - old) * min(share, 1)).rounded())
        }
    }

    /// Draws an image with its top left corner at x, y, each pixel as a square of `scale` × `scale`.
    package mutating func draw(_ image: ImageBuffer, x: Int, y: Int, scale: Int) {
        precondition(scale >= 1, "Images are drawn at scale 1 or larger.")
        precondition(image.channels <= channels, "A colour image needs a canvas of 3 channels.")
        for row in 0..<image.height {
            for column in 0..<image.width {
                let start = (row * image.width + column) * image.channels
                let colour =
                    image.channels == 1
                    ? Colour(grey: image.pixels[start])
                    : Colour(red: image.pixels[start], green: image.pixels[start + 1], blue: image.pixels[start + 2])
                fill(x: x + column * scale, y: y + row * scale, width: scale, height: scale, colour)
            }
        }
    }

    /// Draws one line of text with the top left corner of its first capital at x, y.
    package mutating func write(_ text: String, x: Int, y: Int, scale: Int, _ colour: Colour) {
        var left = x
        for character in text {
            guard left < width else { return }
            let glyph = BitmapFont.glyph(character)
            for (row, dots) in glyph.rows.enumerated() {
                for (column, isSet) in dots.enumerated() where isSet {
                    fill(x: left + column * scale, y: y + row * scale, width: scale, height: scale, colour)
                }
            }
            left += (glyph.width + BitmapFont.letterSpacing) * scale
        }
    }

    package func image() throws(ImagingError) -> ImageBuffer {
        try ImageBuffer(width: width, height: height, channels: channels, pixels: pixels)
    }
}
