import Imaging
import Models
import Neural
import Wire

/// Height, width and channels, to hold against each other.
struct ImageShape: Equatable, Sendable, CustomStringConvertible {
    let height: Int
    let width: Int
    let channels: Int

    init(height: Int, width: Int, channels: Int) {
        self.height = height
        self.width = width
        self.channels = channels
    }

    init(_ dataset: ImageDataset) {
        self.init(height: dataset.height, width: dataset.width, channels: dataset.channels)
    }

    init(_ tree: TreeVAE) {
        let configuration = tree.configuration
        self.init(
            height: configuration.imageSize, width: configuration.imageSize, channels: configuration.imageChannels)
    }

    init(_ classifier: ClassifierDescription) {
        self.init(height: classifier.height, width: classifier.width, channels: classifier.channels)
    }

    var description: String { "\(width)×\(height)×\(channels)" }

    /// Throws unless `other` is the same.
    func require(_ other: ImageShape, of what: String) throws {
        guard self == other else {
            throw JobError(
                .invalidArgument, "\(what) has images of \(other) but the model takes \(self): use one that fits.")
        }
    }

    /// So many images fit side by side, and one above the other, on a contact sheet of bounded size. Small ones are
    /// enlarged there to about 84 pixels.
    var sheetRoom: Int { max(1, 4800 / (max(84, height, width) + 2)) }

    /// Images of bytes as `[N, H, W, C]` in [0, 1].
    func tensor(_ images: [[UInt8]]) -> Tensor {
        Tensor([images.count, height, width, channels], images.flatMap { $0.map { Float($0) / 255 } })
    }

    func buffer(_ pixels: [UInt8]) throws -> ImageBuffer {
        try ImageBuffer(width: width, height: height, channels: channels, pixels: pixels)
    }
}
