import CPNG

extension PNG {
    /// Reads any PNG as 8-bit grey or RGB, whichever its own pixels are; transparency is put on white.
    ///
    /// - Throws: `ImagingError` if the bytes are not a whole PNG image or it is larger than `limits`, before memory is
    ///   taken for its pixels.
    package static func decode(
        _ bytes: [UInt8], limits: ImageLimits = .standard
    ) throws(ImagingError) -> ImageBuffer {
        let chunks = try PNGChunks(bytes)
        try limits.check(width: chunks.width, height: chunks.height)
        try ImageLimits.standard.check(width: chunks.width, height: chunks.height)
        return try bytes.withUnsafeBufferPointer { file throws(ImagingError) in
            try decodePixels(file, expecting: chunks)
        }
    }

    private static func decodePixels(
        _ file: UnsafeBufferPointer<UInt8>, expecting chunks: PNGChunks
    ) throws(ImagingError) -> ImageBuffer {
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        defer { png_image_free(&image) }
        guard png_image_begin_read_from_memory(&image, file.baseAddress, file.count) != 0 else {
            throw failure(image)
        }
        let width = Int(image.width)
        let height = Int(image.height)
        guard width == chunks.width, height == chunks.height else {
            throw ImagingError("The PNG image states two different sizes; save it again.")
        }
        let isColour = image.format & png_uint_32(PNG_FORMAT_FLAG_COLOR) != 0
        image.format = isColour ? png_uint_32(PNG_FORMAT_FLAG_COLOR) : 0
        let channels = isColour ? 3 : 1
        var pixels = [UInt8](repeating: 0, count: width * height * channels)
        var white = png_color(red: 255, green: 255, blue: 255)
        let finished = pixels.withUnsafeMutableBytes {
            png_image_finish_read(&image, &white, $0.baseAddress, png_int_32(width * channels), nil)
        }
        guard finished != 0 else { throw failure(image) }
        return try ImageBuffer(width: width, height: height, channels: channels, pixels: pixels)
    }

    /// libpng's own words, which it keeps in a fixed C array that ends with a zero.
    static func failure(_ image: png_image) -> ImagingError {
        let text = withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return ImagingError("libpng cannot process this image (\(text)); check it or save it again.")
    }
}
