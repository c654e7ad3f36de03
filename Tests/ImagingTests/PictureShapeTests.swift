import Testing

@testable import Imaging

@Suite("Polygons, circles and images of a picture")
struct PictureShapeTests {
    private typealias Point = Picture.Point

    private func image(_ side: Int, _ draw: (inout Picture) -> Void) throws -> ImageBuffer {
        var picture = Picture(width: side, height: side)
        draw(&picture)
        return try picture.image()
    }

    /// The sum of what is black, in pixels.
    private func blackArea(_ image: ImageBuffer) -> Double {
        image.pixels.reduce(0) { $0 + Double(255 - $1) / 255 } / 3
    }

    @Test("polygons and circles cover their area")
    func area() throws {
        let black = Colour(grey: 0)
        let triangle = try image(20) {
            $0.polygon([Point(x: 1.3, y: 2), Point(x: 17, y: 4.6), Point(x: 6, y: 18.2)], black)
        }
        // Half the cross product of two sides; coverage is exact across and sampled downwards.
        #expect(abs(blackArea(triangle) - abs(15.7 * 16.2 - 2.6 * 4.7) / 2) < 0.5)
        let circle = try image(20) { $0.circle(Point(x: 10, y: 10), radius: 6, black) }
        #expect(abs(blackArea(circle) - 36 * Double.pi) < 0.5)
    }

    @Test("what lies outside is cut off")
    func clipping() throws {
        let corners = [Point(x: -9, y: -9), Point(x: 2, y: -9), Point(x: 2, y: 30), Point(x: -9, y: 30)]
        let clipped = try image(4) { $0.polygon(corners, Colour(grey: 0)) }
        #expect(blackArea(clipped) == 8)
        let nothing = try image(4) { $0.circle(Point(x: 40, y: -40), radius: 6, Colour(grey: 0)) }
        #expect(blackArea(nothing) == 0)
    }

    @Test("images keep their pixels, enlarged by whole numbers")
    func images() throws {
        let two = try ImageBuffer(width: 2, height: 1, channels: 3, pixels: [255, 0, 0, 0, 0, 255])
        let drawn = try image(20) { $0.image(two, x: 2, y: 4, scale: 3) }
        func pixel(_ x: Int, _ y: Int) -> [UInt8] { Array(drawn.pixels[(y * 20 + x) * 3..<(y * 20 + x) * 3 + 3]) }
        #expect(pixel(2, 4) == [255, 0, 0] && pixel(4, 6) == [255, 0, 0] && pixel(5, 4) == [0, 0, 255])
        #expect(pixel(1, 4) == [255, 255, 255] && pixel(8, 4) == [255, 255, 255] && pixel(2, 7) == [255, 255, 255])
    }

    @Test("SVG holds every shape, and equal pictures give equal bytes")
    func svg() throws {
        var picture = Picture(width: 30, height: 20)
        picture.box(x: 1, y: 1, width: 8, height: 8, outline: Colour(0x112233))
        picture.disc(Point(x: 20, y: 10), radius: 5, fill: .white, outline: .ink)
        picture.arrow(from: Point(x: 1, y: 1), to: Point(x: 25, y: 15.125), .ink)
        picture.image(try ImageBuffer(width: 1, height: 1, channels: 1, pixels: [7]), x: 2, y: 2, scale: 4)
        let svg = try picture.svg()
        for (element, count) in [("<rect", 3), ("<circle", 2), ("<polyline", 1), ("<polygon", 1), ("<image", 1)] {
            #expect(svg.count(of: element) == count, "\(element)")
        }
        #expect(svg.contains("fill=\"#112233\""))
        #expect(svg.contains("width=\"4\" height=\"4\"") && svg.contains("href=\"data:image/png;base64,iVBORw0KGgo"))
        #expect(try picture.svg() == svg)
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func count(of text: String) -> Int {
        var count = 0
        var rest = self[...]
        while let range = rest.firstRange(of: text) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
