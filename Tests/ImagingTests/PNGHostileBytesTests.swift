import Testing

@testable import Imaging

@Suite struct PNGHostileBytesTests {
    static func sample() throws -> [UInt8] {
        try PNG.encode(noise(width: 11, height: 7, channels: 3), text: ["seed": "1", "title": "é"])
    }

    @Test func everyTruncationIsRefused() throws {
        let bytes = try Self.sample()
        for length in 0..<bytes.count {
            #expect(throws: ImagingError.self, "cut after \(length) bytes") { try PNG.decode(Array(bytes[..<length])) }
            #expect(throws: ImagingError.self, "cut after \(length) bytes") { try PNG.text(Array(bytes[..<length])) }
        }
    }

    @Test func everyDamagedByteIsRefused() throws {
        let bytes = try Self.sample()
        for position in bytes.indices {
            var damaged = bytes
            damaged[position] ^= 0x11
            #expect(throws: ImagingError.self, "byte \(position)") { try PNG.decode(damaged) }
        }
    }

    /// Damage that a right checksum hides reaches libpng, which must answer with an error and not take the process down.
    @Test func damageBehindARightChecksumNeverCrashes() throws {
        let bytes = try Self.sample()
        for chunk in try PNGChunks(bytes).chunks {
            for position in chunk.data {
                for flip: UInt8 in [0x01, 0x80, 0xFF] {
                    var data = Array(bytes[chunk.data])
                    data[position - chunk.data.lowerBound] ^= flip
                    let damaged = Self.replacing(chunk, in: bytes, with: data)
                    do {
                        let image = try PNG.decode(damaged)
                        #expect(image.width * image.height * image.channels == image.pixels.count)
                    } catch {
                        #expect(!error.description.isEmpty)
                    }
                }
            }
        }
    }

    @Test func shortenedPixelDataIsRefused() throws {
        let bytes = try Self.sample()
        let pixels = try #require(try PNGChunks(bytes).chunks.first { $0.type == "IDAT" })
        for length in [0, 1, pixels.data.count / 2] {
            let data = Array(bytes[pixels.data].prefix(length))
            #expect(throws: ImagingError.self) { try PNG.decode(Self.replacing(pixels, in: bytes, with: data)) }
        }
    }

    @Test func giantDimensionsAreRefusedByTheirNumbers() throws {
        let bytes = try Self.sample()
        let header = try PNGChunks(bytes).chunks[0]
        for size: [UInt8] in [
            [0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            [0, 0, 0x20, 1, 0, 0, 0, 1], [0, 0, 0x20, 0, 0, 0, 0x20, 0], [0, 0, 0, 0, 0, 0, 0, 5],
        ] {
            let giant = Self.replacing(header, in: bytes, with: size + bytes[header.data].dropFirst(8))
            let error = #expect(throws: ImagingError.self) { try PNG.decode(giant) }
            #expect(error?.description.contains("is not supported") == true)
        }
        #expect(throws: ImagingError.self) { try PNG.decode(bytes, limits: ImageLimits(side: 10, pixels: 1000)) }
        #expect(throws: ImagingError.self) { try PNG.decode(bytes, limits: ImageLimits(side: 100, pixels: 76)) }
        #expect(try PNG.decode(bytes, limits: ImageLimits(side: 11, pixels: 77)).width == 11)
    }

    @Test func aChunkThatClaimsMoreThanTheFile() throws {
        var bytes = try Self.sample()
        bytes.replaceSubrange(8..<12, with: [0xFF, 0xFF, 0xFF, 0xFF])
        #expect(throws: ImagingError.self) { try PNG.decode(bytes) }
    }

    @Test(arguments: ["", "GIF89a", "\u{0}\u{0}\u{8}\u{3}", "<svg/>", String(repeating: "A", count: 5000)])
    func otherFilesAreNamedAsSuch(content: String) {
        let error = #expect(throws: ImagingError.self) { try PNG.decode(Array(content.utf8)) }
        #expect(error?.description.contains("not a PNG image") == true)
    }

    /// One grey pixel, alpha 0, as another program writes it: shown on white.
    @Test func transparencyIsPutOnWhite() throws {
        // zlib: a stored block of filter 0, grey 40, alpha 0.
        let pixels: [UInt8] = [0x78, 0x01, 0x01, 3, 0, 0xFC, 0xFF, 0, 40, 0]
        let bytes =
            PNG.signature + PNGChunks.encode(type: "IHDR", data: [0, 0, 0, 1, 0, 0, 0, 1, 8, 4, 0, 0, 0])
            + PNGChunks.encode(type: "IDAT", data: pixels + Self.adler([0, 40, 0]))
            + PNGChunks.encode(type: "IEND", data: [])
        #expect(try PNG.decode(bytes).pixels == [255])
    }

    static func adler(_ bytes: [UInt8]) -> [UInt8] {
        var low: UInt32 = 1
        var high: UInt32 = 0
        for byte in bytes {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        return [UInt8(high >> 8), UInt8(high & 255), UInt8(low >> 8), UInt8(low & 255)]
    }

    static func replacing(_ chunk: PNGChunks.Chunk, in bytes: [UInt8], with data: [UInt8]) -> [UInt8] {
        bytes[..<chunk.whole.lowerBound] + PNGChunks.encode(type: chunk.type, data: data)
            + bytes[chunk.whole.upperBound...]
    }
}
