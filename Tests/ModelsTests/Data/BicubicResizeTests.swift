import Testing

@testable import Models

@Suite struct BicubicResizeTests {
    /// Computed apart from this code, from Keys' kernel over all positions, normalised.
    @Test(arguments: [
        ([0.2, 0.6, 0.3], [0.169_811_320_7, 0.353_731_343_3, 0.6, 0.423_134_328_4, 0.277_358_490_6]),
        ([0.1, 0.9, 0.4, 0.5, 0.2, 0.7], [0.498_684_210_5, 0.447_368_421_1]),
        ([0.2, 0.6, 0.3], [0.2, 0.6, 0.3]),
    ])
    func oneAxis(source: [Double], expected: [Double]) {
        let values = source.map { Float($0) }
        let row = Self.resize(
            values, imageWidth: values.count, channels: 1,
            crop: CropRectangle(top: 0, left: 0, height: 1, width: values.count), height: 1, width: expected.count)
        let column = Self.resize(
            values, imageWidth: 1, channels: 1, crop: CropRectangle(top: 0, left: 0, height: values.count, width: 1),
            height: expected.count, width: 1)
        for (index, value) in expected.enumerated() {
            #expect(abs(Double(row[index]) - value) < 1e-6)
            #expect(abs(Double(column[index]) - value) < 1e-6)
        }
    }

    /// Only the crop is looked at, and channels stay apart.
    @Test func cropAndChannels() {
        var image = [Float](repeating: 0, count: 6 * 5 * 3)
        for row in 2..<4 {
            for column in 1..<4 {
                for channel in 0..<3 { image[(row * 5 + column) * 3 + channel] = Float(channel + 1) / 4 }
            }
        }
        let result = Self.resize(
            image, imageWidth: 5, channels: 3, crop: CropRectangle(top: 2, left: 1, height: 2, width: 3), height: 6,
            width: 5)
        for pixel in 0..<30 {
            for channel in 0..<3 { #expect(abs(result[pixel * 3 + channel] - Float(channel + 1) / 4) < 1e-6) }
        }
    }

    @Test func overshootIsCut() {
        let edge: [Float] = [0, 0, 1, 1]
        let result = Self.resize(
            edge, imageWidth: 4, channels: 1, crop: CropRectangle(top: 0, left: 0, height: 1, width: 4), height: 1,
            width: 16)
        #expect(result.allSatisfy { (0...1).contains($0) })
        #expect(result[0] == 0 && result[15] > 0.999_999)
    }

    private static func resize(
        _ image: [Float], imageWidth: Int, channels: Int, crop: CropRectangle, height: Int, width: Int
    ) -> [Float] {
        var result = [Float](repeating: -1, count: height * width * channels)
        BicubicResize.resize(
            image, imageWidth: imageWidth, channels: channels, crop: crop, height: height, width: width, into: &result)
        return result
    }
}
