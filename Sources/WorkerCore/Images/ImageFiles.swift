import Imaging
import Models
import Wire

/// Generated images as PNG files that carry their recipes.
struct ImageFiles {
    let recipe: Recipe
    let shape: ImageShape
    /// What each given image is called; nil for new ones.
    let sources: [String]?

    /// More files than this are packed, for a job hands in a bounded number.
    static let mostFiles = 1000

    /// The final images under `images/`, and where they were refined the tree's under `tree/`.
    func products(of images: [GeneratedImage]) throws -> JobProducts {
        let isRefined = images.contains { $0.refinedImage != nil }
        var files = try images.map { try file($0, folder: "images", pixels: $0.pixels) }
        if isRefined {
            files += try images.map { try file($0, folder: "tree", pixels: $0.treePixels) }
        }
        return JobProducts(files: files.count <= Self.mostFiles ? files : Self.packed(files))
    }

    private func file(_ image: GeneratedImage, folder: String, pixels: [UInt8]) throws -> ResultFile {
        let text = recipe.image(
            image.index, leaf: image.leaf, probability: image.leafProbability, source: sources?[image.index])
        return ResultFile(
            name: "\(folder)/\(Self.digits(image.index))-leaf\(image.leaf).png", mediaType: "image/png",
            bytes: try PNG.encode(shape.buffer(pixels), text: text))
    }

    /// At least five digits, so that names sort by number.
    private static func digits(_ number: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, 5 - text.count)) + text
    }

    /// The same files in archives of a thousand, in order.
    private static func packed(_ files: [ResultFile]) -> [ResultFile] {
        stride(from: 0, to: files.count, by: mostFiles).enumerated().map { part, first in
            var archive = ZipArchive()
            for file in files[first..<min(first + mostFiles, files.count)] { archive.add(file.name, file.bytes) }
            return ResultFile(
                name: "images-\(digits(part)).zip", mediaType: "application/zip", bytes: archive.bytes)
        }
    }
}
