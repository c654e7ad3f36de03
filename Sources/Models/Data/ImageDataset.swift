import ModelSettings

/// Images of one size in memory, with the class of each where it is known.
package struct ImageDataset: Sendable, Equatable {
    /// No side of an image is longer than this.
    package static let largestSide = ImageBounds.largestSide
    /// Of classes, whether labels or names.
    package static let largestClassCount = 256

    package let name: String
    package let count: Int
    package let height: Int
    package let width: Int
    /// 1 (grey) or 3 (RGB).
    package let channels: Int
    /// [count, height, width, channels]
    package let pixels: [UInt8]
    /// [count], each below `classNames.count`; nil where classes are not known.
    package let labels: [UInt8]?
    /// Empty where classes are not known.
    package let classNames: [String]

    /// - Parameter classNames: empty takes the numbers of the classes as their names.
    /// - Throws: `DatasetError` where the numbers contradict each other.
    package init(
        name: String, height: Int, width: Int, channels: Int, pixels: [UInt8], labels: [UInt8]? = nil,
        classNames: [String] = []
    ) throws(DatasetError) {
        let size = try Self.imageSize(height: height, width: width, channels: channels)
        guard !pixels.isEmpty, pixels.count % size == 0 else {
            throw DatasetError(
                "\(pixels.count) bytes of pixels do not make one or more images of \(width)×\(height)×\(channels); "
                    + "give whole images.")
        }
        let count = pixels.count / size
        let found = (labels?.max()).map { Int($0) + 1 } ?? 0
        if let labels, labels.count != count {
            throw DatasetError(
                "There are \(count) images but \(labels.count) labels; give images and labels that belong together.")
        }
        guard classNames.count <= Self.largestClassCount, classNames.isEmpty || classNames.count >= found else {
            throw DatasetError(
                "There are \(classNames.count) class names but labels up to \(found - 1); name every class, "
                    + "at most \(Self.largestClassCount).")
        }
        self.name = name
        self.count = count
        self.height = height
        self.width = width
        self.channels = channels
        self.pixels = pixels
        self.labels = labels
        self.classNames = classNames.isEmpty ? (0..<found).map { "\($0)" } : classNames
    }

    private init(_ original: ImageDataset, pixels: [UInt8], labels: [UInt8]?) {
        name = original.name
        count = pixels.count / original.imageSize
        height = original.height
        width = original.width
        channels = original.channels
        self.pixels = pixels
        self.labels = labels
        classNames = original.classNames
    }

    /// Bytes of one image, refused where no image has such a shape.
    package static func imageSize(height: Int, width: Int, channels: Int) throws(DatasetError) -> Int {
        guard (1...largestSide).contains(height), (1...largestSide).contains(width), channels == 1 || channels == 3
        else {
            throw DatasetError(
                "Images of \(width)×\(height) pixels with \(channels) channels are not supported; use sides of 1 to "
                    + "\(largestSide) and 1 or 3 channels.")
        }
        return height * width * channels
    }

    /// Bytes of one image.
    package var imageSize: Int { height * width * channels }

    /// The images at these positions, in this order.
    package func subset(_ indices: some Collection<Int>) -> ImageDataset {
        var chosen: [UInt8] = []
        chosen.reserveCapacity(indices.count * imageSize)
        for index in indices {
            precondition((0..<count).contains(index), "Image \(index) is outside a set of \(count) images.")
            chosen += pixels[(index * imageSize)..<((index + 1) * imageSize)]
        }
        return ImageDataset(self, pixels: chosen, labels: labels.map { labels in indices.map { labels[$0] } })
    }

    /// The first images, all of them if there are fewer.
    package func first(_ limit: Int) -> ImageDataset {
        precondition(limit >= 0, "A number of images is not negative.")
        return limit >= count ? self : subset(0..<limit)
    }

    /// Writes the images at these positions as values in [0, 1], u / 255, shaped [indices.count, height, width, channels].
    ///
    /// - Parameter output: room for `indices.count` × `imageSize` values.
    package func copyBatch(_ indices: some Collection<Int>, into output: UnsafeMutablePointer<Float>) {
        pixels.withUnsafeBufferPointer { pixels in
            Self.unitValues.withUnsafeBufferPointer { unitValues in
                var target = output
                for index in indices {
                    precondition((0..<count).contains(index), "Image \(index) is outside a set of \(count) images.")
                    let start = index * imageSize
                    for offset in 0..<imageSize {
                        target[offset] = unitValues[Int(pixels[start + offset])]
                    }
                    target += imageSize
                }
            }
        }
    }

    /// u / 255 of every byte.
    private static let unitValues: [Float] = (0...255).map { Float($0) / 255 }
}
