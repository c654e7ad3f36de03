/// What an image may measure. Checked before any memory is taken for pixels.
package struct ImageLimits: Sendable {
    package let side: Int
    package let pixels: Int

    package init(side: Int, pixels: Int) {
        self.side = side
        self.pixels = pixels
    }

    /// Far more than any contact sheet, at most 96 MB of RGB.
    package static let standard = ImageLimits(side: 8192, pixels: 32 << 20)

    package func check(width: Int, height: Int) throws(ImagingError) {
        guard width >= 1, height >= 1, width <= side, height <= side, width * height <= pixels else {
            throw ImagingError(
                "An image of \(width)×\(height) pixels is not supported; use 1 to \(side) pixels a side and at most "
                    + "\(pixels) in all.")
        }
    }
}
