import Imaging
import Models

/// A contact sheet of given images above what was made of them, in blocks of rows.
struct ComparisonSheet {
    let title: String
    let shape: ImageShape

    private static let columns = 10
    private static let mostBlocks = 6

    func file(_ given: [[Float]], _ images: [GeneratedImage]) throws -> ResultFile {
        // With all leaves an image comes once a leaf; the sheet shows its most probable one.
        var best: [Int: GeneratedImage] = [:]
        for image in images where image.leafProbability > (best[image.index]?.leafProbability ?? -1) {
            best[image.index] = image
        }
        let columns = min(Self.columns, shape.sheetRoom)
        let blocks = min(Self.mostBlocks, max(1, shape.sheetRoom / 3))
        let shown = best.keys.sorted().prefix(columns * blocks).compactMap { best[$0] }
        let isRefined = images.contains { $0.refinedImage != nil }
        var rows: [ContactSheet.Row] = []
        for first in stride(from: 0, to: shown.count, by: columns) {
            let block = shown[first..<min(first + columns, shown.count)]
            rows.append(try row("given", block.map { PixelBytes.rounded(given[$0.index]) }))
            rows.append(try row("tree", block.map(\.treePixels)))
            if isRefined { rows.append(try row("refined", block.map(\.pixels))) }
        }
        let sheet = try ContactSheet(title: "\(title): reconstructions", rows: rows).render()
        return ResultFile(name: "sheet.png", mediaType: "image/png", bytes: try PNG.encode(sheet))
    }

    private func row(_ label: String, _ images: [[UInt8]]) throws -> ContactSheet.Row {
        ContactSheet.Row(label: label, images: try images.map(shape.buffer))
    }
}
