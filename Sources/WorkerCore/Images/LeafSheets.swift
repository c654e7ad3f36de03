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
        var files = try sheets("sheet-tree", "\(title): the tree", images, \.treePixels)
        if images.contains(where: { $0.refinedImage != nil }) {
            files += try sheets("sheet-refined", "\(title): refined", images, \.pixels)
        }
        return files
    }

    /// As many sheets as the rows need, `name.png` first, then `name-2.png`.
    private func sheets(
        _ name: String, _ title: String, _ images: [GeneratedImage], _ pixels: KeyPath<GeneratedImage, [UInt8]>
    ) throws -> [ResultFile] {
        let room = shape.sheetRoom
        let byLeaf = Dictionary(grouping: images, by: \.leaf)
        let rows = try (0..<leafCount).compactMap { leaf -> ContactSheet.Row? in
            guard let own = byLeaf[leaf]?.prefix(min(Self.columns, room)) else { return nil }
            return ContactSheet.Row(
                label: "leaf \(leaf)", images: try own.map { try shape.buffer($0[keyPath: pixels]) })
        }
        return try stride(from: 0, to: rows.count, by: room).enumerated().map { number, first in
            let some = Array(rows[first..<min(first + room, rows.count)])
            let sheet = try ContactSheet(title: title, rows: some).render()
            return ResultFile(
                name: number == 0 ? "\(name).png" : "\(name)-\(number + 1).png", mediaType: "image/png",
                bytes: try PNG.encode(sheet))
        }
    }
}
