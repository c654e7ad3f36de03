/// An image of 8-bit grey or RGB pixels in memory.
package struct ImageBuffer: Sendable, Equatable {
    package let width: Int
    package let height: Int
    /// 1 for grey, 3 for RGB.
    package let channels: Int
    /// height × width × channels, row by row from the top, the channels of a pixel side by side.
    package let pixels: [UInt8]

    /// - Throws: `ImagingError` if the numbers do not describe an image or `pixels` is not of their size.
    package init(width: Int, height: Int, channels: Int, pixels: [UInt8]) throws(ImagingError) {
        guard channels == 1 || channels == 3 else {
            throw ImagingError("An image of \(channels) channels is not supported; use 1 (grey) or 3 (RGB).")
        }
        try ImageLimits.standard.check(width: width, height: height)
        guard pixels.count == width * height * channels else {
            throw ImagingError(
                "An image of \(width)×\(height) with \(channels) channels needs \(width * height * channels) bytes, "
                    + "not \(pixels.count).")
        }
        self.width = width
        self.height = height
        self.channels = channels
        self.pixels = pixels
    }
}
