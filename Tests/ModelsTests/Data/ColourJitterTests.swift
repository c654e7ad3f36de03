import Testing

@testable import Models

@Suite struct ColourJitterTests {
    static func adjusted(_ values: [Float], _ adjust: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
        var result = values
        result.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { adjust(base) } }
        return result
    }

    static func expectClose(_ actual: [Float], _ expected: [Float]) {
        #expect(actual.count == expected.count)
        for (a, b) in zip(actual, expected) { #expect(abs(a - b) < 1e-5, "\(actual) is not \(expected)") }
    }

    /// Against Python's colorsys.
    static let hues: [([Float], Float, [Float])] = [
        ([0.8, 0.3, 0.1], 0.07, [0.8, 0.594, 0.1]),
        ([0.2, 0.9, 0.5], -0.1, [0.32, 0.9, 0.2]),
        ([0.1, 0.2, 0.6], 0.5, [0.6, 0.5, 0.1]),
        ([0.9, 0.2, 0.7], 0.1, [0.9, 0.2, 0.28]),
        ([0.4, 0.4, 0.4], 0.3, [0.4, 0.4, 0.4]),
        ([0, 0, 0], 0.3, [0, 0, 0]),
    ]

    @Test(arguments: hues)
    func hue(colour: [Float], turn: Float, expected: [Float]) {
        let result = Self.adjusted(colour) { ColourJitter.adjustHue($0, pixels: 1, channels: 3, turn: turn) }
        Self.expectClose(result, expected)
    }

    @Test func brightness() {
        let result = Self.adjusted([0.2, 0.5, 0.9]) { ColourJitter.adjustBrightness($0, count: 3, factor: 1.4) }
        Self.expectClose(result, [0.28, 0.7, 1])
    }

    /// Two pixels with lumas 0.587 and 0: their mean stands for the whole image.
    @Test func contrast() {
        let result = Self.adjusted([0, 1, 0, 0, 0, 0]) {
            ColourJitter.adjustContrast($0, pixels: 2, channels: 3, factor: 0.6)
        }
        let mean: Float = 0.4 * 0.587 / 2
        Self.expectClose(result, [mean, 0.6 + mean, mean, mean, mean, mean])
        let grey = Self.adjusted([0.2, 0.6]) { ColourJitter.adjustContrast($0, pixels: 2, channels: 1, factor: 0.5) }
        Self.expectClose(grey, [0.3, 0.5])
    }

    @Test func saturation() {
        let result = Self.adjusted([0, 1, 0]) {
            ColourJitter.adjustSaturation($0, pixels: 1, channels: 3, factor: 0.5)
        }
        Self.expectClose(result, [0.2935, 0.7935, 0.2935])
        let grey = Self.adjusted([0.2]) { ColourJitter.adjustSaturation($0, pixels: 1, channels: 1, factor: 0.5) }
        #expect(grey == [0.2])
    }

    @Test func grey() {
        let result = Self.adjusted([1, 0, 0, 0, 0, 1]) { ColourJitter.grey($0, pixels: 2, channels: 3) }
        Self.expectClose(result, [0.299, 0.299, 0.299, 0.114, 0.114, 0.114])
    }
}
