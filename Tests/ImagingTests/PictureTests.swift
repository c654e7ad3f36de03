import Testing

@testable import Imaging

@Suite("Pictures of lines and text, as PNG and as SVG")
struct PictureTests {
    private func chart(_ values: [Double], marks: [LineChart.Mark] = []) -> LineChart {
        let points = values.enumerated().map { Picture.Point(x: Double($0.offset + 1), y: $0.element) }
        return LineChart(
            title: "digits & <letters>", horizontalLabel: "step",
            panels: [.init(title: "loss", points: points), .init(title: "learning rate", points: points)], marks: marks)
    }

    @Test("a line covers the pixels it runs through, and its edges in part")
    func line() throws {
        var picture = Picture(width: 8, height: 5)
        picture.line([.init(x: 1, y: 2.5), .init(x: 7, y: 2.5)], width: 1, .init(grey: 0))
        let image = try picture.image()
        func grey(_ x: Int, _ y: Int) -> UInt8 { image.pixels[(y * 8 + x) * 3] }
        #expect((2..<6).allSatisfy { grey($0, 2) == 0 })
        #expect(grey(3, 1) == 255 && grey(3, 3) == 255)
        #expect(grey(0, 2) > 0)
        var slanted = Picture(width: 8, height: 8)
        slanted.line([.init(x: -5, y: -5), .init(x: 20, y: 12)], width: 1, .init(grey: 0))
        #expect(try Set(slanted.image().pixels).count > 4)
    }

    @Test("ticks are round numbers, written as short as can be")
    func ticks() {
        func labels(_ low: Double, _ high: Double) -> [String] {
            let axis = Axis(covering: [low, high], about: 4)
            return axis.ticks.map(axis.label)
        }
        #expect(labels(0, 1) == ["0.0", "0.5", "1.0"])
        #expect(labels(1, 234_000) == ["100k", "200k"])
        #expect(labels(0.0002, 0.0011) == ["0.0005", "0.0010"])
        #expect(labels(-3, 9) == ["0", "5"])
        #expect(labels(0, 4e12) == ["0", "1.0e12", "2.0e12", "3.0e12", "4.0e12"])
        #expect(labels(2e-9, 9e-9) == ["2.0e-9", "4.0e-9", "6.0e-9", "8.0e-9"])
        #expect(labels(5, 5) == ["4", "6"])
        // So near to each other that the step between them would be no number, or less than the numbers resolve.
        #expect(labels(0, .leastNonzeroMagnitude) == labels(-1, 1))
        #expect(labels(1, 1.0.nextUp) == labels(1, 1))
        #expect(Axis(covering: [], about: 4).range == 0...1)
        #expect(Axis(covering: [.nan, .infinity, -1e300, 1, 2], about: 4).range == 1...2)
    }

    @Test("a chart has the same size and words in both forms, and equal charts equal bytes")
    func forms() throws {
        let values = (0..<500).map { 100 / Double($0 + 10) }
        let picture = chart(values, marks: [.init(x: 1, label: "initial"), .init(x: 250, label: "final")]).picture
        let image = try picture.image()
        #expect(image.width == picture.width && image.height == picture.height)
        let svg = try picture.svg()
        #expect(svg.contains("width=\"\(picture.width)\" height=\"\(picture.height)\""))
        #expect(svg.contains("digits &amp; &lt;letters&gt;"))
        for word in [">loss<", ">learning rate<", ">step<", ">initial<", ">final<", ">400<"] {
            #expect(svg.contains(word), "\(word)")
        }
        #expect(try chart(values).picture.svg() == chart(values).picture.svg())
        #expect(try PNG.encode(image) == PNG.encode(picture.image()))
    }

    @Test("nothing to draw, one point, and numbers beyond all bounds are drawn as well as they can be")
    func extremes() throws {
        for values in [[], [1], [.nan, .infinity], [1e90, -1e90], [3, 3, 3]] as [[Double]] {
            let picture = chart(values).picture
            #expect(try picture.image().pixels.contains { $0 < 255 })
            #expect(try picture.svg().hasSuffix("</svg>\n"))
        }
    }
}
