/// What the first bytes of a PNG file say of its image. Nothing vouches for them yet, but no image is larger than they say.
package struct PNGHead: Hashable, Sendable {
    package let width: Int
    package let height: Int
    /// 1 for grey, 3 for colours or a palette of them.
    package let channels: Int

    /// Bytes that are enough: the signature and the header chunk.
    package static let size = 33

    private static let beginning: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)

    /// - Returns: nil where this is not how a PNG file begins.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.size, bytes.starts(with: Self.beginning) else { return nil }
        func number(at position: Int) -> Int { bytes[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) } }
        (width, height) = (number(at: 16), number(at: 20))
        channels = bytes[25] & 2 == 0 ? 1 : 3
    }
}
