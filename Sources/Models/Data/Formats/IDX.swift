/// MNIST's file format: 0, 0, a type byte, the number of axes, each axis' length as four bytes with the most significant
/// first, then the values.
enum IDX {
    enum Content: Equatable {
        case images(height: Int, width: Int, pixels: [UInt8])
        case labels([UInt8])
    }

    /// Whether the first four bytes can be those of an IDX file.
    static func isMagic(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 4 && bytes[0] == 0 && bytes[1] == 0 && typeNames[bytes[2]] != nil && (1...4).contains(bytes[3])
    }

    private static let typeNames: [UInt8: String] = [
        0x08: "unsigned bytes", 0x09: "signed bytes", 0x0B: "16-bit integers", 0x0C: "32-bit integers",
        0x0D: "32-bit floats", 0x0E: "64-bit floats",
    ]

    /// Reads images (three axes) or labels (one axis).
    static func decode(name: String, bytes: [UInt8]) throws(DatasetError) -> Content {
        guard isMagic(bytes) else {
            throw DatasetError("\(name) does not begin with an IDX magic number; give the original IDX file.")
        }
        guard bytes[2] == 0x08 else {
            throw DatasetError(
                "\(name) holds \(typeNames[bytes[2]] ?? "other values"); only IDX files of unsigned bytes are read.")
        }
        guard let axes = axes(bytes) else {
            throw DatasetError("\(name) ends within its IDX header after \(bytes.count) bytes; fetch it again.")
        }
        guard axes[0] > 0 else {
            throw DatasetError("\(name) says that it holds nothing; give a file with at least one image.")
        }
        let start = 4 + 4 * axes.count
        switch axes.count {
        case 1:
            try checkLength(name: name, bytes: bytes, start: start, wanted: axes[0], what: "\(axes[0]) labels")
            return .labels(Array(bytes[start...]))
        case 3:
            let size = try ImageDataset.imageSize(height: axes[1], width: axes[2], channels: 1)
            // Below 2³² images of at most 2²⁰ bytes: the product fits.
            try checkLength(
                name: name, bytes: bytes, start: start, wanted: axes[0] * size,
                what: "\(axes[0]) images of \(axes[2])×\(axes[1])")
            return .images(height: axes[1], width: axes[2], pixels: Array(bytes[start...]))
        default:
            throw DatasetError(
                "\(name) is an IDX file of \(axes.count) axes; images have 3 (count, rows, columns) and labels 1.")
        }
    }

    /// Whether the length of the file is the one that its header states.
    static func isWhole(_ bytes: [UInt8]) -> Bool { statedSize(bytes) == bytes.count }

    /// The bytes of a file that begins so, if its values are bytes; nil where there is no whole header.
    static func statedSize(_ head: [UInt8]) -> Int? {
        guard isMagic(head), let axes = axes(head) else { return nil }
        var size = 1
        for length in axes {
            let (product, overflow) = size.multipliedReportingOverflow(by: length)
            if overflow { return nil }
            size = product
        }
        let (whole, overflow) = size.addingReportingOverflow(4 + 4 * axes.count)
        return overflow ? nil : whole
    }

    /// The lengths of the axes; nil where the file ends before them.
    private static func axes(_ bytes: [UInt8]) -> [Int]? {
        let count = Int(bytes[3])
        guard bytes.count >= 4 + 4 * count else { return nil }
        return (0..<count).map { axis in
            bytes[(4 + 4 * axis)..<(8 + 4 * axis)].reduce(0) { $0 << 8 | Int($1) }
        }
    }

    private static func checkLength(
        name: String, bytes: [UInt8], start: Int, wanted: Int, what: String
    ) throws(DatasetError) {
        let found = bytes.count - start
        guard found != wanted else { return }
        let advice = found < wanted ? "it is cut short, so fetch it again" : "give the original file without additions"
        throw DatasetError(
            "\(name) says that it holds \(what), which is \(wanted) bytes, but \(found) follow its header; \(advice).")
    }
}
