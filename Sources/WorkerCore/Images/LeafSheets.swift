import Imaging
import Models

/// Contact sheets with one row a leaf: what the tree drew, and what diffusion made of it.
struct LeafSheets {
    let title: String
    let shape: ImageShape
    let leafCount: Int

    /// Images that a row shows at most.
    private static let columns = 16

    func files(of images: [GeneratedImage]) throws -> [ResultFile] {
        var files = [try sheet("sheet-tree.png", "\(title): the tree", images, \.treePixels)]
        if images.contains(where: { $0.refinedImage != nil }) {
            files.append(try sheet("sheet-refined.png", "\(title): refined", images, \.pixels))
        }
        return files
    }

    private func sheet(
        _ name: String, _ title: String, _ images: [GeneratedImage], _ pixels: KeyPath<GeneratedImage, [UInt8]>
    ) throws -> ResultFile {
        let rows = try (0..<leafCount).compactMap { leaf -> ContactSheet.Row? in
            let own = images.filter { $0.leaf == leaf }.prefix(Self.columns)
            if own.isEmpty { return nil }
            return ContactSheet.Row(
                label: "leaf \(leaf)",
                images: try own.map {
                    try ImageBuffer(
                        width: shape.width, height: shape.height, channels: shape.channels, pixels: $0[keyPath: pixels])
                })
        }
        let sheet = try ContactSheet(title: title, rows: rows).render()
        return ResultFile(name: name, mediaType: "image/png", bytes: try PNG.encode(sheet))
    }
}
