import CPNG

extension PNG {
    /// Writes an image as an 8-bit PNG. Equal input gives equal bytes.
    ///
    /// - Parameter text: what the file carries as text chunks before its pixels, in the order of their keys; see `PNGText`.
    package static func encode(_ image: ImageBuffer, text: [String: String] = [:]) throws(ImagingError) -> [UInt8] {
        let insert = try PNGText.encode(text)
        let plain = try encodePixels(image)
        guard !insert.isEmpty else { return plain }
        guard let firstPixels = try PNGChunks(plain).chunks.first(where: { $0.type == "IDAT" }) else {
            throw ImagingError("libpng wrote an image without pixels; report this with the image.")
        }
        let split = firstPixels.whole.lowerBound
        return Array(plain[..<split]) + insert + Array(plain[split...])
    }

    private static func encodePixels(_ buffer: ImageBuffer) throws(ImagingError) -> [UInt8] {
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        image.width = png_uint_32(buffer.width)
        image.height = png_uint_32(buffer.height)
        image.format = buffer.channels == 3 ? png_uint_32(PNG_FORMAT_FLAG_COLOR) : 0
        defer { png_image_free(&image) }
        // Incompressible pixels grow: a filter byte a row, a few bytes for each block of zlib and each chunk of PNG.
        let raw = buffer.height * (buffer.width * buffer.channels + 1)
        var size = raw + raw / 128 + 4096
        let capacity = size
        var written = false
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
            written =
                buffer.pixels.withUnsafeBytes {
                    png_image_write_to_memory(
                        &image, output.baseAddress, &size, 0, $0.baseAddress,
                        png_int_32(buffer.width * buffer.channels), nil)
                } != 0
            count = written ? min(size, capacity) : 0
        }
        guard written else { throw failure(image) }
        return bytes
    }
}
