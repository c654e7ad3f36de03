import Testing

@testable import Imaging

@Suite struct ContactSheetTests {
    static func flat(_ grey: UInt8, channels: Int = 1) throws -> ImageBuffer {
        try ImageBuffer(width: 4, height: 4, channels: channels, pixels: .init(repeating: grey, count: 16 * channels))
    }

    /// Two images side by side without any text: margins, the images three times as large, a white line between them.
    @Test func plainGrid() throws {
        let sheet = try ContactSheet(images: [Self.flat(10), Self.flat(20), Self.flat(30)], columns: 2, scale: 3)
            .render()
        let margin = ContactSheetLayout.margin
        let separator = ContactSheetLayout.separator
        #expect(sheet.width == 2 * margin + 2 * 12 + separator)
        #expect(sheet.height == 2 * margin + 2 * 12 + separator)
        #expect(sheet.channels == 1)
        func grey(_ x: Int, _ y: Int) -> UInt8 { sheet.pixels[y * sheet.width + x] }
        #expect(grey(margin - 1, margin) == 255)
        #expect(grey(margin, margin) == 10 && grey(margin + 11, margin + 11) == 10)
        #expect(grey(margin + 12, margin) == 255 && grey(margin + 13, margin) == 255)
        #expect(grey(margin + 14, margin) == 20)
        #expect(grey(margin, margin + 14) == 30)
        #expect(grey(margin + 14, margin + 14) == 255)
        #expect(sheet.pixels.filter { $0 == 10 }.count == 144)
    }

    @Test func anyColourImageMakesAColourSheet() throws {
        let sheet = try ContactSheet(rows: [.init(images: [Self.flat(9), Self.flat(8, channels: 3), nil])]).render()
        #expect(sheet.channels == 3)
        #expect(sheet.pixels.filter { $0 == 9 }.count == 84 * 84 * 3)
    }

    /// Text is dark on white and lies outside the images; every dot of a heading is drawn.
    @Test func textIsDrawnAroundTheGrid() throws {
        let images = [try Self.flat(200), try Self.flat(200)]
        let bare = try ContactSheet(rows: [.init(images: images)], scale: 20).render()
        let sheet = try ContactSheet(
            title: "T", columnHeaders: ["L0:", "L1: p=0.95"], rows: [.init(label: "Original", images: images)],
            scale: 20
        ).render()
        #expect(sheet.width > bare.width && sheet.height > bare.height)
        #expect(sheet.pixels.filter { $0 == 200 }.count == 2 * 80 * 80)
        func dots(_ text: String, scale: Int) -> Int {
            text.reduce(0) { $0 + BitmapFont.glyph($1).rows.joined().count { $0 } } * scale * scale
        }
        let ink =
            dots("T", scale: ContactSheetLayout.titleScale)
            + dots("L0:L1:p=0.95Original", scale: ContactSheetLayout.textScale)
        #expect(sheet.pixels.filter { $0 == 34 }.count == ink)
    }

    @Test func sheetsThatCannotBeAreRefused() throws {
        #expect(throws: ImagingError.self) { try ContactSheet(images: [], columns: 3).render() }
        let small = try Self.flat(1)
        let wide = try ImageBuffer(width: 5, height: 4, channels: 1, pixels: .init(repeating: 0, count: 20))
        #expect(throws: ImagingError.self) { try ContactSheet(images: [small, wide], columns: 2).render() }
        #expect(throws: ImagingError.self) { try ContactSheet(images: [small], columns: 1, scale: 0).render() }
        #expect(throws: ImagingError.self) { try ContactSheet(images: [small], columns: 1, scale: .max).render() }
        #expect(throws: ImagingError.self) { try ContactSheet(images: [small], columns: 1, scale: 3000).render() }
        let rows = [ContactSheet.Row](repeating: .init(images: [small]), count: 9000)
        #expect(throws: ImagingError.self) { try ContactSheet(rows: rows, scale: 1).render() }
    }

    @Test func theFontHasAllOfPrintableASCII() {
        for code in UInt8(0x20)...0x7E {
            let character = Character(Unicode.Scalar(code))
            let glyph = BitmapFont.glyphs[character]
            #expect(glyph != nil, "\(character) is missing")
            #expect((1...5).contains(glyph?.width ?? 0), "\(character)")
            #expect((glyph?.rows.count ?? 99) <= BitmapFont.height, "\(character)")
            #expect(glyph?.rows.allSatisfy { $0.count == glyph?.width } == true, "\(character) is ragged")
            #expect(character == " " || glyph?.rows.joined().contains(true) == true, "\(character) is empty")
        }
        #expect(BitmapFont.glyphs.count == 95)
        let drawings = Set(BitmapFont.glyphs.values.map { $0.rows.description })
        #expect(drawings.count == 95)
        #expect(BitmapFont.width("") == 0 && BitmapFont.width("AB") == 11)
        #expect(BitmapFont.glyph("é").rows == BitmapFont.unknown.rows)
    }
}
