/// Makes a view of an image for contrastive training: a random crop, perhaps mirrored, with other colours, perhaps grey.
///
/// The transformations, their order and probabilities are torchvision's RandomResizedCrop (bicubic), RandomHorizontalFlip,
/// RandomApply([ColorJitter]) and RandomGrayscale, on values in [0, 1] rather than on bytes: nothing is rounded in between.
package struct ContrastiveAugmentation: Sendable, Equatable {
    /// The crop's share of the image's area, and its width over its height.
    package var cropArea: ClosedRange<Float>
    package var cropRatio: ClosedRange<Float>
    package var flipProbability: Float
    package var jitterProbability: Float
    /// Factors lie within 1 ± these, hue within ± this share of a full circle.
    package var brightness: Float
    package var contrast: Float
    package var saturation: Float
    package var hue: Float
    package var greyProbability: Float

    package init(
        cropArea: ClosedRange<Float>, cropRatio: ClosedRange<Float>, flipProbability: Float, jitterProbability: Float,
        brightness: Float, contrast: Float, saturation: Float, hue: Float, greyProbability: Float
    ) {
        precondition(
            cropArea.lowerBound > 0 && cropArea.upperBound <= 1 && cropRatio.lowerBound > 0,
            "A crop takes a positive share of at most the whole image, with a positive ratio of its sides.")
        precondition(
            min(brightness, contrast, saturation, hue) >= 0 && hue <= 0.5,
            "Colours change by factors of at least 0 and hues by at most half a circle.")
        self.cropArea = cropArea
        self.cropRatio = cropRatio
        self.flipProbability = flipProbability
        self.jitterProbability = jitterProbability
        self.brightness = brightness
        self.contrast = contrast
        self.saturation = saturation
        self.hue = hue
        self.greyProbability = greyProbability
    }

    /// What the authors train CIFAR-10 with.
    package static let cifar = ContrastiveAugmentation(
        cropArea: 0.2...1, cropRatio: (3.0 / 4)...(4.0 / 3), flipProbability: 0.5, jitterProbability: 0.8,
        brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, greyProbability: 0.2)

    /// Replaces one image, [height, width, channels] with values in [0, 1], by a view of it.
    ///
    /// How many random numbers are drawn depends on those that were drawn, so give each image its own stream.
    package func apply(
        to image: UnsafeMutablePointer<Float>, height: Int, width: Int, channels: Int,
        using random: inout some RandomSource
    ) {
        precondition(channels == 1 || channels == 3, "Images have 1 or 3 channels.")
        crop(image, height: height, width: width, channels: channels, using: &random)
        if random.uniform() < flipProbability {
            Self.mirror(image, height: height, width: width, channels: channels)
        }
        if random.uniform() < jitterProbability {
            jitter(image, pixels: height * width, channels: channels, using: &random)
        }
        if random.uniform() < greyProbability {
            ColourJitter.grey(image, pixels: height * width, channels: channels)
        }
    }

    private func crop(
        _ image: UnsafeMutablePointer<Float>, height: Int, width: Int, channels: Int,
        using random: inout some RandomSource
    ) {
        let part = CropRectangle.random(
            height: height, width: width, area: cropArea, ratio: cropRatio, using: &random)
        BicubicResize.resize(
            image, imageWidth: width, channels: channels, crop: part, height: height, width: width, into: image)
    }

    private static func mirror(_ image: UnsafeMutablePointer<Float>, height: Int, width: Int, channels: Int) {
        for row in 0..<height {
            for column in 0..<(width / 2) {
                for channel in 0..<channels {
                    let left = (row * width + column) * channels + channel
                    let right = (row * width + width - 1 - column) * channels + channel
                    (image[left], image[right]) = (image[right], image[left])
                }
            }
        }
    }

    /// The four adjustments in random order, each by its own factor.
    private func jitter(
        _ image: UnsafeMutablePointer<Float>, pixels: Int, channels: Int, using random: inout some RandomSource
    ) {
        var order = [0, 1, 2, 3]
        for last in stride(from: 3, to: 0, by: -1) {
            order.swapAt(last, random.integer(below: last + 1))
        }
        func factor(_ strength: Float) -> Float {
            let lowest = max(0, 1 - strength)
            return lowest + (1 + strength - lowest) * random.uniform()
        }
        let brightness = factor(brightness)
        let contrast = factor(contrast)
        let saturation = factor(saturation)
        let turn = hue * (2 * random.uniform() - 1)
        for adjustment in order {
            switch adjustment {
            case 0: ColourJitter.adjustBrightness(image, count: pixels * channels, factor: brightness)
            case 1: ColourJitter.adjustContrast(image, pixels: pixels, channels: channels, factor: contrast)
            case 2: ColourJitter.adjustSaturation(image, pixels: pixels, channels: channels, factor: saturation)
            default: ColourJitter.adjustHue(image, pixels: pixels, channels: channels, turn: turn)
            }
        }
    }
}
