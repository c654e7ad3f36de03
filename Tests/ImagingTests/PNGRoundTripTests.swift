import Testing

@testable import Imaging

/// An image whose bytes all differ from their neighbours, and hardly compress.
func noise(width: Int, height: Int, channels: Int) throws -> ImageBuffer {
    var state: UInt64 = 0x2545_F491_4F6C_DD1D
    let pixels = (0..<(width * height * channels)).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return UInt8(truncatingIfNeeded: state >> 24)
    }
    return try ImageBuffer(width: width, height: height, channels: channels, pixels: pixels)
}

@Suite struct PNGRoundTripTests {
    @Test(arguments: [(1, 1), (28, 28), (7, 3), (1, 200), (333, 5)], [1, 3])
    func pixelsSurvive(size: (Int, Int), channels: Int) throws {
        let image = try noise(width: size.0, height: size.1, channels: channels)
        #expect(try PNG.decode(PNG.encode(image)) == image)
    }

    @Test(arguments: [1, 3])
    func incompressiblePixelsFit(channels: Int) throws {
        let image = try noise(width: 700, height: 500, channels: channels)
        #expect(try PNG.decode(PNG.encode(image)) == image)
    }

    @Test func equalInputGivesEqualBytes() throws {
        let image = try noise(width: 28, height: 28, channels: 1)
        let text = ["seed": "7", "job": "a", "model": "b", "leaf": "3", "steps": "50"]
        let once = try PNG.encode(image, text: text)
        #expect(try PNG.encode(image, text: Dictionary(uniqueKeysWithValues: text.reversed())) == once)
    }

    @Test func buffersThatAreNoImagesAreRefused() {
        #expect(throws: ImagingError.self) { try ImageBuffer(width: 2, height: 2, channels: 2, pixels: []) }
        #expect(throws: ImagingError.self) { try ImageBuffer(width: 0, height: 2, channels: 1, pixels: []) }
        #expect(throws: ImagingError.self) { try ImageBuffer(width: -1, height: -1, channels: 1, pixels: [0]) }
        #expect(throws: ImagingError.self) { try ImageBuffer(width: 2, height: 2, channels: 1, pixels: [0]) }
        #expect(throws: ImagingError.self) { try ImageBuffer(width: .max, height: 2, channels: 1, pixels: [0]) }
    }
}
