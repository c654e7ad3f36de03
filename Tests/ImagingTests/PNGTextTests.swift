import Testing

@testable import Imaging

@Suite struct PNGTextTests {
    static let recipe = [
        "Software": "Grove", "grove.seed": "18446744073709551615", "grove.title": "Blätter – 葉 ✓",
        "grove.recipe": "{\"leaf\":3,\n\"steps\":50}", "empty": "",
    ]

    @Test func textsComeBackAndPixelsStay() throws {
        let image = try noise(width: 9, height: 4, channels: 3)
        let bytes = try PNG.encode(image, text: Self.recipe)
        #expect(try PNG.text(bytes) == Self.recipe)
        #expect(try PNG.decode(bytes) == image)
    }

    @Test func textStandsBeforePixelsInTheSimplestChunkThatHoldsIt() throws {
        let bytes = try PNG.encode(noise(width: 2, height: 2, channels: 1), text: ["b": "x", "a": "ä", "c": "y"])
        let types = try PNGChunks(bytes).chunks.map(\.type)
        #expect(types.filter { $0.hasSuffix("Xt") } == ["iTXt", "tEXt", "tEXt"])
        let lastText = try #require(types.lastIndex(of: "tEXt"))
        let firstPixels = try #require(types.firstIndex(of: "IDAT"))
        #expect(lastText < firstPixels)
    }

    @Test(arguments: ["", " a", "a ", "a  b", "ä", "a\nb", String(repeating: "k", count: 80)])
    func keysThatPNGCannotHoldAreRefused(key: String) throws {
        let image = try noise(width: 2, height: 2, channels: 1)
        #expect(throws: ImagingError.self) { try PNG.encode(image, text: [key: "x"]) }
    }

    @Test func textsThatPNGCannotHoldAreRefused() throws {
        let image = try noise(width: 2, height: 2, channels: 1)
        #expect(throws: ImagingError.self) { try PNG.encode(image, text: ["a": "x\u{0}y"]) }
        #expect(throws: ImagingError.self) {
            try PNG.encode(image, text: ["a": String(repeating: "x", count: PNGText.largestText)])
        }
        let many = Dictionary(uniqueKeysWithValues: (0...PNGText.largestCount).map { ("k\($0)", "v") })
        #expect(throws: ImagingError.self) { try PNG.encode(image, text: many) }
    }

    /// Chunks as other programs, or attackers, write them.
    @Test func foreignTextChunks() throws {
        func text(_ type: String, _ data: [UInt8]) throws -> [String: String] {
            let plain = try PNG.encode(noise(width: 2, height: 2, channels: 1))
            let split = PNG.signature.count + 25
            return try PNG.text(plain[..<split] + PNGChunks.encode(type: type, data: data) + plain[split...])
        }
        #expect(try text("tEXt", [0x61, 0, 0xE4]) == ["a": "ä"])
        #expect(try text("zTXt", [0x61, 0, 0, 1, 2]) == [:])
        #expect(try text("iTXt", [0x61, 0, 1, 0, 0, 0, 1, 2]) == [:])
        #expect(try text("iTXt", [0x61, 0, 0, 0, 0x64, 0, 0x65, 0, 0x66]) == ["a": "f"])
        for broken: [UInt8] in [[], [0x61], [0], [0, 0x61]] {
            #expect(throws: ImagingError.self) { try text("tEXt", broken) }
        }
        for broken: [UInt8] in [
            [0x61, 0], [0x61, 0, 0], [0x61, 0, 0, 0], [0x61, 0, 0, 0, 0], [0x61, 0, 0, 0, 0, 0, 0xFF],
        ] {
            #expect(throws: ImagingError.self) { try text("iTXt", broken) }
        }
    }

    @Test func theChecksumIsThePublishedOne() {
        #expect(CRC32.checksum(Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(CRC32.checksum(Array("IEND".utf8)) == 0xAE42_6082)
    }
}
