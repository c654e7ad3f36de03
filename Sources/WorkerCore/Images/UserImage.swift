import Imaging
import Wire

/// PNG files that people hand in. Their header decides what is taken: no file is decoded that is not of the size that is
/// wanted, or of one that is supported.
enum UserImage {
    /// Bytes of a file: of the largest image that is supported with 16 bits a value, and much besides.
    static let largestFile: UInt64 = 64 << 20

    /// - Throws: `JobError` for a file that is not worth fetching.
    static func bytes(_ file: Grove_V1_FileRef, _ context: JobContext) throws -> [UInt8] {
        guard file.size <= largestFile else {
            throw JobError(
                .invalidArgument,
                "'\(file.name)' has \(file.size) bytes, more than the \(largestFile) of the largest PNG image that is read "
                    + "here: save it anew, or leave it out.")
        }
        return try context.bytes(file)
    }

    static func head(_ bytes: [UInt8], name: String) throws -> PNGHead {
        guard let head = PNGHead(bytes) else {
            throw JobError(.invalidArgument, "'\(name)' is not a PNG image: convert it to PNG first.")
        }
        return head
    }

    /// Decodes an image that is known by its head.
    static func decode(_ bytes: [UInt8], head: PNGHead, name: String) throws -> ImageBuffer {
        do {
            let (pixels, overflow) = head.width.multipliedReportingOverflow(by: head.height)
            let limits = ImageLimits(side: max(head.width, head.height), pixels: overflow ? 0 : pixels)
            return try PNG.decode(bytes, limits: limits)
        } catch {
            throw JobError(.invalidArgument, "'\(name)' cannot be read: \(error)")
        }
    }

    /// Values in [0, 1], `[H, W, C]`, of an image that must have the model's size. Grey becomes RGB where the model wants
    /// RGB; the other way round would lose colour and is refused.
    static func values(_ bytes: [UInt8], name: String, height: Int, width: Int, channels: Int) throws -> [Float] {
        let head = try head(bytes, name: name)
        guard head.width == width, head.height == height else {
            throw JobError(
                .invalidArgument,
                "'\(name)' is \(head.width)×\(head.height) pixels but the model takes \(width)×\(height): "
                    + "scale it and submit again.")
        }
        let image = try decode(bytes, head: head, name: name)
        let pixels: [UInt8]
        switch (image.channels, channels) {
        case (let have, let want) where have == want: pixels = image.pixels
        case (1, 3): pixels = image.pixels.flatMap { [$0, $0, $0] }
        default:
            throw JobError(
                .invalidArgument, "'\(name)' has colours but the model is grey: convert it to grey and submit again.")
        }
        return pixels.map { Float($0) / 255 }
    }
}
