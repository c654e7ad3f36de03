import Foundation

/// A part of an image, in pixels.
struct CropRectangle: Equatable {
    var top: Int
    var left: Int
    var height: Int
    var width: Int

    /// torchvision's RandomResizedCrop: ten tries for a share of the area and a ratio of the sides that fit, else the
    /// largest centred part whose ratio is allowed.
    static func random(
        height: Int, width: Int, area: ClosedRange<Float>, ratio: ClosedRange<Float>,
        using random: inout some RandomSource
    ) -> CropRectangle {
        let whole = Double(height * width)
        let logRatio = log(Double(ratio.lowerBound))...log(Double(ratio.upperBound))
        for _ in 0..<10 {
            let share = Double(area.lowerBound) + Double(area.upperBound - area.lowerBound) * Double(random.uniform())
            let sides = exp(
                logRatio.lowerBound + (logRatio.upperBound - logRatio.lowerBound) * Double(random.uniform()))
            let cropWidth = Int((whole * share * sides).squareRoot().rounded(.toNearestOrEven))
            let cropHeight = Int((whole * share / sides).squareRoot().rounded(.toNearestOrEven))
            guard cropWidth > 0, cropWidth <= width, cropHeight > 0, cropHeight <= height else { continue }
            let top = random.integer(below: height - cropHeight + 1)
            let left = random.integer(below: width - cropWidth + 1)
            return CropRectangle(top: top, left: left, height: cropHeight, width: cropWidth)
        }
        return centred(height: height, width: width, ratio: ratio)
    }

    static func centred(height: Int, width: Int, ratio: ClosedRange<Float>) -> CropRectangle {
        let own = Float(width) / Float(height)
        var crop = CropRectangle(top: 0, left: 0, height: height, width: width)
        if own < ratio.lowerBound {
            crop.height = Int((Float(width) / ratio.lowerBound).rounded(.toNearestOrEven))
        } else if own > ratio.upperBound {
            crop.width = Int((Float(height) * ratio.upperBound).rounded(.toNearestOrEven))
        }
        crop.top = (height - crop.height) / 2
        crop.left = (width - crop.width) / 2
        return crop
    }
}
