import ModelSettings

/// What a file of a dataset is, told from its name and its first bytes: for the client before it uploads anything, and for the
/// worker before it fetches the rest. Whether all of it is right only reading it shows.
package enum DatasetFile: Hashable, Sendable {
    case png(PNGHead)
    /// IDX, CIFAR-10's binary records, or Grove's own container.
    case images
    /// Any of these, once it is inflated.
    case gzip

    /// Bytes of a file that are enough, or all of a shorter one.
    package static let headSize = 512
    /// No side of an image is longer.
    package static let largestSide = ImageBounds.largestSide
    /// Bytes of all files of a dataset together, and of all pixels: they are in memory at once.
    package static let largestTotal: UInt64 = 4 << 30

    /// - Parameters:
    ///   - head: `headSize` bytes.
    ///   - size: of the whole file, as somebody said: it need not be true.
    /// - Throws: INVALID_ARGUMENT for anything else.
    package init(name: String, head: [UInt8], size: UInt64) throws(RPCError) {
        guard size > 0, !head.isEmpty else { throw Self.refusal(name, "is empty; leave it out, or fetch it again") }
        if let png = PNGHead(head) {
            guard (1...Self.largestSide).contains(png.width), (1...Self.largestSide).contains(png.height) else {
                throw Self.refusal(
                    name,
                    "is an image of \(png.width)×\(png.height) pixels; scale it to sides of 1 to \(Self.largestSide)")
            }
            guard Self.isPNG(name) else {
                throw Self.refusal(name, "is a PNG image whose name does not end in .png; give it as a .png file")
            }
            self = .png(png)
        } else if head.starts(with: [0x1F, 0x8B]) {
            self = .gzip
        } else if Self.isIDX(head) || Self.isContainer(head, size) || Self.isCIFAR(name, head, size) {
            self = .images
        } else {
            throw Self.refusal(name, Self.other(head))
        }
    }

    /// Texts often lie beside a dataset; they are left out.
    package static func isProse(_ name: String) -> Bool {
        [".md", ".txt", ".html"].contains { name.lowercased().hasSuffix($0) }
    }

    /// Datasets of PNG files are known by the files' names.
    package static func isPNG(_ name: String) -> Bool { name.lowercased().hasSuffix(".png") }

    /// Whether two files can be of one dataset.
    package func goes(with other: DatasetFile) -> Bool {
        switch (self, other) {
        case (.png(let one), .png(let two)): one == two
        case (.png, _), (_, .png): false
        case (.images, _), (.gzip, _): true
        }
    }

    /// For sentences.
    package var words: String {
        switch self {
        case .png(let png):
            "a PNG image of \(png.width)×\(png.height) pixels \(png.channels == 1 ? "in grey" : "in colours")"
        case .images: "a file of many images or labels"
        case .gzip: "a gzip file"
        }
    }
}

extension DatasetFile {
    private static func refusal(_ name: String, _ what: String) -> RPCError {
        RPCError(.invalidArgument, "'\(name)' \(what)")
    }

    /// 0, 0, a type, the number of axes.
    private static func isIDX(_ head: [UInt8]) -> Bool {
        head.count >= 4 && head[0] == 0 && head[1] == 0 && (0x08...0x0E).contains(head[2]) && (1...4).contains(head[3])
    }

    private static func isContainer(_ head: [UInt8], _ size: UInt64) -> Bool {
        guard size >= 10, head.count >= 10, head[8] == UInt8(ascii: "{") else { return false }
        return head[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) } <= size - 8
    }

    private static func isCIFAR(_ name: String, _ head: [UInt8], _ size: UInt64) -> Bool {
        let name = name.lowercased()
        let isNamedSo = ["cifar", "data_batch", "test_batch"].contains { name.contains($0) }
        // A label of ten classes and 32 × 32 pixels of three colours.
        return !head.starts(with: pickle) && (isNamedSo || (size % 3073 == 0 && head.first.map { $0 < 10 } == true))
    }

    private static let pickle: [UInt8] = [0x80, 0x02, 0x7D]

    /// What to do about something else, which people hand in by mistake.
    private static func other(_ head: [UInt8]) -> String {
        if head.starts(with: [0xFF, 0xD8, 0xFF]) { return "is a JPEG image; convert it to PNG" }
        if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return "is a zip archive; unpack it and give its files" }
        if head.starts(with: pickle) { return "is CIFAR-10's Python version; give the binary version instead" }
        if head.count > 262, head[257..<262].elementsEqual("ustar".utf8) {
            return "is a tar archive; unpack it and give its files"
        }
        return "is no file of a dataset; give IDX files, CIFAR-10's binary batches or PNG files, and leave others out"
    }
}
