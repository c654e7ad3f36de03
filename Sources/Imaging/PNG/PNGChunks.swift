/// The chunks of a PNG file, each checked for its length and checksum before anything else reads it.
struct PNGChunks {
    struct Chunk {
        /// Four letters.
        let type: String
        /// Where the whole chunk (length, type, data, checksum) and its data lie in the file.
        let whole: Range<Int>
        let data: Range<Int>
    }

    /// More chunks than this are refused; libpng writes one for each 8 kB of compressed pixels.
    static let largestCount = 100_000

    let chunks: [Chunk]
    let width: Int
    let height: Int

    /// Walks the file up to its IEND. What follows that is no part of the image and is left alone.
    init(_ bytes: [UInt8]) throws(ImagingError) {
        guard bytes.starts(with: PNG.signature) else {
            throw ImagingError("These bytes are not a PNG image; convert the image to PNG first.")
        }
        var chunks: [Chunk] = []
        var position = PNG.signature.count
        repeat {
            let chunk = try Self.chunk(of: bytes, at: position)
            chunks.append(chunk)
            position = chunk.whole.upperBound
            guard chunks.count <= Self.largestCount else {
                throw ImagingError("The PNG image has more than \(Self.largestCount) chunks; save it again.")
            }
        } while chunks.last?.type != "IEND"
        guard let header = chunks.first, header.type == "IHDR", header.data.count == 13 else {
            throw ImagingError(
                "The PNG image does not begin with its header; fetch or save it again.")
        }
        self.chunks = chunks
        width = Int(Self.number(bytes, at: header.data.lowerBound))
        height = Int(Self.number(bytes, at: header.data.lowerBound + 4))
    }

    private static func chunk(of bytes: [UInt8], at position: Int) throws(ImagingError) -> Chunk {
        guard bytes.count - position >= 12 else {
            throw ImagingError("The PNG image ends after \(bytes.count) bytes without its end chunk; fetch it again.")
        }
        let length = Int(number(bytes, at: position))
        guard length <= bytes.count - position - 12 else {
            throw ImagingError(
                "A chunk at byte \(position) of the PNG image claims \(length) bytes, more than the file holds; "
                    + "fetch it again.")
        }
        let letters = bytes[(position + 4)..<(position + 8)]
        guard letters.allSatisfy({ (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }) else {
            throw ImagingError("The PNG image is damaged at byte \(position + 4); fetch or save it again.")
        }
        let type = String(decoding: letters, as: UTF8.self)
        let data = (position + 8)..<(position + 8 + length)
        let stated = number(bytes, at: data.upperBound)
        let found = bytes.withUnsafeBufferPointer { CRC32.checksum($0[(position + 4)..<data.upperBound]) }
        guard stated == found else {
            throw ImagingError(
                "The checksum of the \(type) chunk at byte \(position) of the PNG image is wrong; fetch it again.")
        }
        return Chunk(type: type, whole: position..<(data.upperBound + 4), data: data)
    }

    /// Four bytes, the most significant first.
    private static func number(_ bytes: [UInt8], at position: Int) -> UInt32 {
        bytes[position..<(position + 4)].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// One chunk as bytes, with its length and checksum.
    static func encode(type: String, data: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + data
        return bigEndian(UInt32(data.count)) + body + bigEndian(CRC32.checksum(body))
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
