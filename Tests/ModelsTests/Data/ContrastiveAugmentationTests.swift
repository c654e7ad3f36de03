import Neural
import Testing

@testable import Models

/// Answers with given numbers, then with zero.
struct Script: RandomSource {
    var uniforms: [Float] = []
    var integers: [Int] = []

    mutating func uniform() -> Float { uniforms.isEmpty ? 0 : uniforms.removeFirst() }
    mutating func integer(below bound: Int) -> Int { min(integers.isEmpty ? 0 : integers.removeFirst(), bound - 1) }
}

@Suite struct ContrastiveAugmentationTests {
    static func image(height: Int, width: Int, channels: Int) -> [Float] {
        let random = RandomKey(seed: 3, use: 1)
        return random.uniforms(height * width * channels)
    }

    /// The crop takes the whole image only where its share is 1 and its ratio 1; such numbers are scripted where needed.
    static let off = ContrastiveAugmentation(
        cropArea: 1...1, cropRatio: 1...1, flipProbability: 0, jitterProbability: 0, brightness: 0, contrast: 0,
        saturation: 0, hue: 0, greyProbability: 0)

    static func apply(
        _ augmentation: ContrastiveAugmentation, to image: [Float], height: Int, width: Int, channels: Int,
        script: Script = Script()
    ) -> [Float] {
        var result = image
        var script = script
        result.withUnsafeMutableBufferPointer {
            if let base = $0.baseAddress {
                augmentation.apply(to: base, height: height, width: width, channels: channels, using: &script)
            }
        }
        return result
    }

    @Test func withNothingToDoTheImageStays() {
        let image = Self.image(height: 8, width: 8, channels: 3)
        #expect(Self.apply(Self.off, to: image, height: 8, width: 8, channels: 3) == image)
    }

    @Test(arguments: [2, 3])
    func mirroring(width: Int) {
        var flip = Self.off
        flip.flipProbability = 1
        flip.cropRatio = (Float(width) / 2)...(Float(width) / 2)
        let image = (0..<(2 * width * 3)).map { Float($0) / 100 }
        let mirrored = Self.apply(flip, to: image, height: 2, width: width, channels: 3)
        for row in 0..<2 {
            for column in 0..<width {
                for channel in 0..<3 {
                    let from = (row * width + width - 1 - column) * 3 + channel
                    #expect(mirrored[(row * width + column) * 3 + channel] == image[from])
                }
            }
        }
    }

    /// What the values say must come from the authors' recipe, so they are repeated here on purpose.
    @Test func theRecipeIsTheAuthors() {
        let cifar = ContrastiveAugmentation.cifar
        #expect(cifar.cropArea == 0.2...1 && cifar.cropRatio == Float(0.75)...Float(4.0 / 3))
        #expect(cifar.flipProbability == 0.5 && cifar.jitterProbability == 0.8 && cifar.greyProbability == 0.2)
        #expect(cifar.brightness == 0.4 && cifar.contrast == 0.4 && cifar.saturation == 0.4 && cifar.hue == 0.1)
    }

    @Test(arguments: [1, 3])
    func viewsAreImagesAndAKeyRepeatsThem(channels: Int) {
        Self.expectRepeatableViews(side: 32, channels: channels, within: 0...1) {
            image, height, width, channels, random in
            ContrastiveAugmentation.cifar.apply(
                to: image, height: height, width: width, channels: channels, using: &random)
        }
    }

    /// Twenty keys make twenty views, each twice the same, with values in a range.
    static func expectRepeatableViews(
        side: Int, channels: Int, within range: ClosedRange<Float>, _ augmentation: ImageAugmentation
    ) {
        let image = image(height: side, width: side, channels: channels)
        var views: [[Float]] = []
        for number in 0..<40 {
            var stream = RandomKey(seed: 9, use: 2, step: 0, image: UInt32(number / 2)).stream()
            var view = image
            view.withUnsafeMutableBufferPointer {
                if let base = $0.baseAddress { augmentation(base, side, side, channels, &stream) }
            }
            #expect(view.allSatisfy(range.contains))
            views.append(view)
        }
        for pair in stride(from: 0, to: 40, by: 2) { #expect(views[pair] == views[pair + 1]) }
        #expect(Set(views).count == 20)
    }

    /// Share 0.25 of 8×8 at ratio 1 is 4×4; the corner comes from the next two integers.
    @Test func cropsAreDrawnAsScripted() {
        var script = Script(uniforms: [0, 0.5], integers: [3, 1])
        let crop = CropRectangle.random(height: 8, width: 8, area: 0.25...1, ratio: 0.5...2, using: &script)
        #expect(crop == CropRectangle(top: 3, left: 1, height: 4, width: 4))
    }

    /// Ten tries that do not fit leave the largest centred part.
    @Test func cropsThatNeverFit() {
        var script = Script(uniforms: (0..<20).map { _ in 0.999 })
        let wide = CropRectangle.random(height: 4, width: 40, area: 0.9...1, ratio: 0.75...1.25, using: &script)
        #expect(script.uniforms.isEmpty)
        #expect(wide == CropRectangle(top: 0, left: 17, height: 4, width: 5))
        #expect(
            CropRectangle.centred(height: 40, width: 6, ratio: 0.75...1.25)
                == CropRectangle(top: 16, left: 0, height: 8, width: 6))
    }
}
