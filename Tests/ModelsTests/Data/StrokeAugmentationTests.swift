import Neural
import Testing

@testable import Models

@Suite struct StrokeAugmentationTests {
    static let still = StrokeAugmentation(rotation: 0, shear: 0, scale: 1...1, shift: 0, pen: 0)

    /// Scripted numbers are, in order: turn, shear, size of x, size of y, shift of x, shift of y, pen; 1 stands for the most.
    static func apply(
        _ augmentation: StrokeAugmentation, to image: [Float], height: Int, width: Int, channels: Int = 1,
        uniforms: [Float] = []
    ) -> [Float] {
        var result = image
        var script = Script(uniforms: uniforms)
        result.withUnsafeMutableBufferPointer {
            if let base = $0.baseAddress {
                augmentation.apply(to: base, height: height, width: width, channels: channels, using: &script)
            }
        }
        return result
    }

    @Test(arguments: [1, 3])
    func withNothingToDoTheImageStays(channels: Int) {
        let image = ContrastiveAugmentationTests.image(height: 6, width: 9, channels: channels)
        #expect(Self.apply(Self.still, to: image, height: 6, width: 9, channels: channels) == image)
    }

    @Test func aShiftMovesAndBringsZeroes() {
        var shifting = Self.still
        shifting.shift = 0.5
        let image: [Float] = [1, 2, 3, 4, 5, 6, 7, 8].map { $0 / 8 }
        // By two columns to the right, and not at all down.
        let moved = Self.apply(shifting, to: image, height: 2, width: 4, uniforms: [0, 0, 0, 0, 1, 0.5])
        #expect(moved == [0, 0, 1, 2, 0, 0, 5, 6].map { $0 / 8 })
        // By half a pixel down: each row is the mean of itself and the one above.
        let half = Self.apply(shifting, to: image, height: 2, width: 4, uniforms: [0, 0, 0, 0, 0.5, 0.75])
        #expect(half == [0.5, 1, 1.5, 2, 3, 4, 5, 6].map { $0 / 8 })
    }

    @Test func aQuarterTurn() {
        var turning = Self.still
        turning.rotation = 90
        let image: [Float] = [1, 2, 3, 4, 5, 6, 7, 8, 9].map { $0 / 9 }
        let turned = Self.apply(turning, to: image, height: 3, width: 3, uniforms: [1, 0.5, 0, 0, 0.5, 0.5])
        // Rows count downwards, so a positive turn is clockwise.
        let expected: [Float] = [7, 4, 1, 8, 5, 2, 9, 6, 3].map { $0 / 9 }
        for (pixel, value) in zip(turned, expected) { #expect(abs(pixel - value) < 1e-5) }
    }

    @Test func aShearMovesRowsAgainstEachOther() {
        var shearing = Self.still
        shearing.shear = 45
        let image: [Float] = [0, 1, 0, 0, 1, 0, 0, 1, 0]
        let slanted = Self.apply(shearing, to: image, height: 3, width: 3, uniforms: [0.5, 1, 0, 0, 0.5, 0.5])
        let expected: [Float] = [1, 0, 0, 0, 1, 0, 0, 0, 1]
        for (pixel, value) in zip(slanted, expected) { #expect(abs(pixel - value) < 1e-5) }
    }

    @Test func eachAxisHasASizeOfItsOwn() {
        var scaling = Self.still
        scaling.scale = 1...2
        let image: [Float] = [0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0]
        // Twice as wide: about column 2, so that columns 1 and 2 fill what lies left of it, and end linearly.
        let wide = Self.apply(scaling, to: image, height: 3, width: 5, uniforms: [0.5, 0.5, 1, 0, 0.5, 0.5])
        #expect(wide == [0, 0, 0, 0, 0, 1, 1, 1, 0.5, 0, 0, 0, 0, 0, 0])
    }

    @Test func aPenIsBroaderOrFiner() {
        var writing = Self.still
        writing.pen = 0.5
        let image: [Float] = [0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0]
        let broad = Self.apply(writing, to: image, height: 3, width: 4, uniforms: [0.5, 0.5, 0, 0, 0.5, 0.5, 1])
        #expect(broad == [0, 0.5, 0.5, 0.5, 0.5, 1, 1, 1, 0, 0.5, 0.5, 0.5])
        let fine = Self.apply(writing, to: image, height: 3, width: 4, uniforms: [0.5, 0.5, 0, 0, 0.5, 0.5, 0])
        #expect(fine == [0, 0, 0, 0, 0, 0.5, 0.5, 0.5, 0, 0, 0, 0])
    }

    @Test(arguments: [1, 3])
    func viewsAreImagesAndAKeyRepeatsThem(channels: Int) {
        ContrastiveAugmentationTests.expectRepeatableViews(side: 28, channels: channels, within: 0...1.000001) {
            StrokeAugmentation.handwriting.apply(to: $0, height: $1, width: $2, channels: $3, using: &$4)
        }
    }
}
