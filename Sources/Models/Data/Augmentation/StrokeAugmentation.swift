import Foundation
import Neural

/// Makes a view of an image of strokes for contrastive training: turned, sheared, scaled and shifted about its centre, with a
/// broader or a finer pen, each by an amount drawn evenly.
///
/// For images that mean something else mirrored, and whose edges a crop would cut off, as digits. Sampled bilinearly; what
/// comes from outside the image is 0.
package struct StrokeAugmentation: Sendable, Equatable {
    /// Largest turn either way, in degrees.
    var rotation: Float
    /// Largest shear along the rows either way, in degrees: what slants handwriting.
    var shear: Float
    /// Sizes relative to the image's own, drawn for each axis.
    var scale: ClosedRange<Float>
    /// Largest shift either way, as a share of each side.
    var shift: Float
    /// Largest share by which each value becomes its neighbourhood's largest (a broader pen) or smallest one (a finer pen).
    var pen: Float

    /// How hands differ in writing the same digit.
    package static let handwriting = StrokeAugmentation(
        rotation: 15, shear: 20, scale: 0.8...1.2, shift: 0.07, pen: 0.8)

    /// Replaces one image, [height, width, channels], by a view of it.
    package func apply(
        to image: UnsafeMutablePointer<Float>, height: Int, width: Int, channels: Int,
        using random: inout some RandomSource
    ) {
        let motion = motion(height: height, width: width, using: &random)
        let original = Scratch(copying: image, height * width * channels)
        let centre = (x: Float(width - 1) / 2, y: Float(height - 1) / 2)
        for row in 0..<height {
            for column in 0..<width {
                let source = motion.source(x: Float(column) - centre.x, y: Float(row) - centre.y)
                Self.sample(
                    original.data, height: height, width: width, channels: channels, x: source.x + centre.x,
                    y: source.y + centre.y, into: image + (row * width + column) * channels)
            }
        }
        changePen(image, height: height, width: width, channels: channels, by: pen * (2 * random.uniform() - 1))
    }

    /// Blends each value with the largest of itself and its four neighbours, or with the smallest where `share` is negative.
    private func changePen(
        _ image: UnsafeMutablePointer<Float>, height: Int, width: Int, channels: Int, by share: Float
    ) {
        guard share != 0 else { return }
        let copy = Scratch(copying: image, height * width * channels)
        let original = copy.data
        let stride = width * channels
        for row in 0..<height {
            for index in (row * stride)..<((row + 1) * stride) {
                var extreme = original[index]
                func meet(_ neighbour: Int) {
                    extreme = share > 0 ? max(extreme, original[neighbour]) : min(extreme, original[neighbour])
                }
                if row > 0 { meet(index - stride) }
                if row < height - 1 { meet(index + stride) }
                if index >= row * stride + channels { meet(index - channels) }
                if index < (row + 1) * stride - channels { meet(index + channels) }
                image[index] += abs(share) * (extreme - original[index])
            }
        }
    }

    /// Where a pixel of the view comes from: the inverse of turning · shearing · scaling, then of the shift, about the centre.
    private struct Motion {
        let xx: Float
        let xy: Float
        let yx: Float
        let yy: Float
        let shift: (x: Float, y: Float)

        func source(x: Float, y: Float) -> (x: Float, y: Float) {
            let (x, y) = (x - shift.x, y - shift.y)
            return (xx * x + xy * y, yx * x + yy * y)
        }
    }

    private func motion(height: Int, width: Int, using random: inout some RandomSource) -> Motion {
        func either(_ amount: Float) -> Float { amount * (2 * random.uniform() - 1) }
        func size() -> Float { scale.lowerBound + (scale.upperBound - scale.lowerBound) * random.uniform() }
        let turn = either(rotation) * .pi / 180
        let slant = tan(either(shear) * .pi / 180)
        let (sizeX, sizeY) = (size(), size())
        let shift = (x: either(shift) * Float(width), y: either(shift) * Float(height))
        let (cosine, sine) = (cos(turn), sin(turn))
        // (R S D)⁻¹ = D⁻¹ S⁻¹ R⁻¹ with S⁻¹ = [[1, −slant], [0, 1]].
        return Motion(
            xx: (cosine + slant * sine) / sizeX, xy: (sine - slant * cosine) / sizeX, yx: -sine / sizeY,
            yy: cosine / sizeY, shift: shift)
    }

    /// The four pixels around (x, y), weighted.
    private static func sample(
        _ image: UnsafePointer<Float>, height: Int, width: Int, channels: Int, x: Float, y: Float,
        into pixel: UnsafeMutablePointer<Float>
    ) {
        let (left, top) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
        let (right, below) = (x - Float(left), y - Float(top))
        for channel in 0..<channels {
            func value(_ row: Int, _ column: Int) -> Float {
                guard row >= 0, row < height, column >= 0, column < width else { return 0 }
                return image[(row * width + column) * channels + channel]
            }
            pixel[channel] =
                (1 - below) * (1 - right) * value(top, left) + (1 - below) * right * value(top, left + 1)
                + below * (1 - right) * value(top + 1, left) + below * right * value(top + 1, left + 1)
        }
    }
}
