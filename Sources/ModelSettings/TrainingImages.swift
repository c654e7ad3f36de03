/// What of a data set decides whether a model can be trained on it.
package struct TrainingImages: Hashable, Sendable {
    package var height: Int
    package var width: Int
    /// 1 (grey) or 3 (RGB).
    package var channels: Int
    /// Nil where it is not known.
    package var count: Int?

    package init(height: Int, width: Int, channels: Int, count: Int?) {
        self.height = height
        self.width = width
        self.channels = channels
        self.count = count
    }

    /// Height and width of images that trees and diffusion models take.
    package func side() throws(SettingsError) -> Int {
        guard height == width, ImageBounds.side.contains(height) else {
            throw SettingsError(
                images: "has images of \(height)x\(width) pixels, and the model takes square ones of "
                    + "\(ImageBounds.side.lowerBound) to \(ImageBounds.side.upperBound); crop or scale them and import "
                    + "them again")
        }
        return height
    }
}

extension TrainingImages {
    /// For settings that come before their images: throws what is wrong with them on common images, unless there are some
    /// with which nothing is.
    ///
    /// - Parameter size: the largest side in pixels that the settings name, which images must be halved to.
    package static func findingSome<Failure>(
        halvedTo size: Int?, _ check: (TrainingImages) throws(Failure) -> Void
    ) throws(Failure) {
        var complaint: Failure?
        for side in commonSides + doubles(of: size ?? 0) {
            for channels in [1, 3] {
                do throws(Failure) {
                    return try check(TrainingImages(height: side, width: side, channels: channels, count: nil))
                } catch {
                    complaint = complaint ?? error
                }
            }
        }
        if let complaint { throw complaint }
    }

    /// All powers of two among them: whatever else a network needs of a side, one of these has.
    private static let commonSides = [32, 28, 64, 16, 128, 8, 256, 4, 512]

    private static func doubles(of size: Int) -> [Int] {
        guard size > 0 else { return [] }
        return Array(sequence(first: size) { $0 * 2 }.prefix { $0 <= ImageBounds.side.upperBound })
    }
}
