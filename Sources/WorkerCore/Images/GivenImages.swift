import Models
import Wire

/// The images that a request gives: PNG files, or the first of a dataset.
struct GivenImages {
    /// For recipes and messages.
    let names: [String]
    /// `[H, W, C]` each, in [0, 1].
    let values: [[Float]]

    init(
        files: [Grove_V1_FileRef], dataset: Grove_V1_ArtifactRef?, count: Int, shape: ImageShape, _ context: JobContext
    ) throws {
        guard files.isEmpty, let dataset else {
            names = files.map(\.name)
            let each = shape.height * shape.width * shape.channels
            try context.require(bytes: files.count * each * MemoryLayout<Float>.size)
            values = try files.map { file in
                try UserImage.values(
                    UserImage.bytes(file, context), name: file.name, height: shape.height, width: shape.width,
                    channels: shape.channels)
            }
            return
        }
        let images = try context.dataset(dataset)
        try shape.require(ImageShape(images), of: "The dataset '\(dataset.name)'")
        guard count <= images.count else {
            throw JobError(
                .invalidArgument, "'\(dataset.name)' has \(images.count) images, not \(count): ask for fewer.")
        }
        names = (0..<count).map { "\(dataset.name)@\(dataset.version)#\($0)" }
        values = (0..<count).map { images.pixelValues($0) }
    }
}

extension ImageDataset {
    /// One image, `[H, W, C]` in [0, 1].
    func pixelValues(_ index: Int) -> [Float] {
        pixels[(index * imageSize)..<((index + 1) * imageSize)].map { Float($0) / 255 }
    }
}
