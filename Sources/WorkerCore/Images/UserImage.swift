import Imaging
import Wire

/// PNG files that people hand in.
enum UserImage {
    static func decode(_ bytes: [UInt8], name: String) throws -> ImageBuffer {
        do {
            return try PNG.decode(bytes)
        } catch {
            throw JobError(.invalidArgument, "'\(name)' cannot be read: \(error)")
        }
    }

    /// Values in [0, 1], `[H, W, C]`, of an image that must have the model's size. Grey becomes RGB where the model wants
    /// RGB; the other way round would lose colour and is refused.
    static func values(_ bytes: [UInt8], name: String, height: Int, width: Int, channels: Int) throws -> [Float] {
        let image = try decode(bytes, name: name)
        guard image.width == width, image.height == height else {
            throw JobError(
                .invalidArgument,
                "'\(name)' is \(image.width)×\(image.height) pixels but the model takes \(width)×\(height): "
                    + "scale it and submit again.")
        }
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
