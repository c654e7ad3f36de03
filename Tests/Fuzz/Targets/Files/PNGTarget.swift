@testable import Imaging

/// PNG images and their texts.
struct PNGTarget: FuzzTarget {
    static let name = "png"
    /// What an image of the allowed size takes.
    static let memory = 512 << 20

    init(scratch: String) {}

    func seeds() throws -> [[UInt8]] {
        let grey = try ImageBuffer(width: 5, height: 4, channels: 1, pixels: (0..<20).map { UInt8($0 * 12) })
        let colour = try ImageBuffer(width: 3, height: 3, channels: 3, pixels: (0..<27).map { UInt8($0 * 9) })
        let plain = try PNG.encode(grey, text: ["grove.recipe": "{\"seed\":1}", "é".isEmpty ? "" : "title": "é👩‍👩‍👧"])
        // Palette, transparency, compressed text and profile, as other programs write them.
        let extra = [
            PNGChunks.encode(type: "PLTE", data: [1, 2, 3, 4, 5, 6]), PNGChunks.encode(type: "tRNS", data: [0, 1]),
            PNGChunks.encode(type: "gAMA", data: [0, 0, 177, 143]),
            PNGChunks.encode(type: "zTXt", data: [97, 0, 0, 120]),
            PNGChunks.encode(type: "iTXt", data: [97, 0, 1, 0, 0, 0, 120]),
        ].flatMap { $0 }
        let start = PNG.signature.count + 25
        return [plain, try PNG.encode(colour), Array(plain[..<start]) + extra + plain[start...]]
    }

    func mutate(_ input: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
        let bytes = random.oneIn(4) ? Self.shuffled(input, &random) : ByteMutator.mutate(input, &random)
        // A wrong checksum ends most readings at once.
        return random.oneIn(10) ? bytes : Self.signed(bytes)
    }

    func run(_ input: [UInt8]) throws -> Int {
        do throws(ImagingError) {
            let image = try PNG.decode(input)
            guard image.pixels.count == image.width * image.height * image.channels else {
                throw ImagingError("an image of \(image.pixels.count) bytes")
            }
        } catch {
            try Violation.expect(!error.description.hasPrefix("an image of"), error.description)
        }
        do throws(ImagingError) {
            let texts = try PNG.text(input)
            let bytes = texts.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
            guard bytes <= 2 * input.count else { throw ImagingError("texts of \(bytes) bytes") }
        } catch {
            try Violation.expect(!error.description.hasPrefix("texts of"), error.description)
        }
        return 1
    }

    // MARK: Chunks

    private static func chunks(_ bytes: [UInt8]) -> [Range<Int>] {
        var chunks: [Range<Int>] = []
        var position = PNG.signature.count
        while position + 12 <= bytes.count {
            let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length <= bytes.count - position - 12 else { break }
            chunks.append(position..<position + 12 + length)
            position += 12 + length
        }
        return chunks
    }

    /// With the checksums that the chunks should have.
    private static func signed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for chunk in chunks(bytes) {
            let checksum = bytes.withUnsafeBufferPointer {
                CRC32.checksum($0[chunk.lowerBound + 4..<chunk.upperBound - 4])
            }
            withUnsafeBytes(of: checksum.bigEndian) {
                bytes.replaceSubrange(chunk.upperBound - 4..<chunk.upperBound, with: $0)
            }
        }
        return bytes
    }

    /// A chunk lost, repeated or at another place.
    private static func shuffled(_ bytes: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
        var list = chunks(bytes).map { Array(bytes[$0]) }
        guard list.count > 1 else { return bytes }
        let place = random.below(list.count)
        switch random.below(3) {
        case 0: list.remove(at: place)
        case 1: list.insert(list[place], at: random.below(list.count))
        default: list.swapAt(place, random.below(list.count))
        }
        return PNG.signature + list.flatMap { $0 }
    }
}
