/// torchvision's colour adjustments on values in [0, 1], the channels of a pixel side by side.
enum ColourJitter {
    /// Rec. 601 luma of a pixel; a grey pixel is its own.
    static func luma(_ image: UnsafeMutablePointer<Float>, pixel: Int, channels: Int) -> Float {
        guard channels == 3 else { return image[pixel * channels] }
        let values = image + 3 * pixel
        return 0.299 * values[0] + 0.587 * values[1] + 0.114 * values[2]
    }

    static func adjustBrightness(_ image: UnsafeMutablePointer<Float>, count: Int, factor: Float) {
        for i in 0..<count { image[i] = min(max(image[i] * factor, 0), 1) }
    }

    /// Away from or towards the mean luma of the image.
    static func adjustContrast(_ image: UnsafeMutablePointer<Float>, pixels: Int, channels: Int, factor: Float) {
        var sum: Float = 0
        for pixel in 0..<pixels { sum += luma(image, pixel: pixel, channels: channels) }
        let mean = sum / Float(pixels)
        for i in 0..<(pixels * channels) {
            image[i] = min(max(factor * image[i] + (1 - factor) * mean, 0), 1)
        }
    }

    /// Away from or towards each pixel's own luma. Grey images have no saturation to change.
    static func adjustSaturation(_ image: UnsafeMutablePointer<Float>, pixels: Int, channels: Int, factor: Float) {
        guard channels == 3 else { return }
        for pixel in 0..<pixels {
            let grey = luma(image, pixel: pixel, channels: channels)
            for i in (3 * pixel)..<(3 * pixel + 3) {
                image[i] = min(max(factor * image[i] + (1 - factor) * grey, 0), 1)
            }
        }
    }

    /// Turns the hue by `turn` of a full circle, value and saturation kept. Grey images have no hue.
    static func adjustHue(_ image: UnsafeMutablePointer<Float>, pixels: Int, channels: Int, turn: Float) {
        guard channels == 3 else { return }
        for pixel in 0..<pixels {
            let values = image + 3 * pixel
            let (hue, saturation, value) = hsv(values[0], values[1], values[2])
            let turned = hue + turn
            let (red, green, blue) = rgb(turned - turned.rounded(.down), saturation, value)
            values[0] = red
            values[1] = green
            values[2] = blue
        }
    }

    static func grey(_ image: UnsafeMutablePointer<Float>, pixels: Int, channels: Int) {
        guard channels == 3 else { return }
        for pixel in 0..<pixels {
            let grey = luma(image, pixel: pixel, channels: channels)
            for i in (3 * pixel)..<(3 * pixel + 3) { image[i] = grey }
        }
    }

    /// Hue in [0, 1), 0 where a pixel has none.
    static func hsv(_ red: Float, _ green: Float, _ blue: Float) -> (Float, Float, Float) {
        let value = max(red, green, blue)
        let range = value - min(red, green, blue)
        guard range > 0 else { return (0, 0, value) }
        let sixth: Float
        if value == red {
            sixth = (green - blue) / range
        } else if value == green {
            sixth = 2 + (blue - red) / range
        } else {
            sixth = 4 + (red - green) / range
        }
        let hue = sixth / 6
        return (hue - hue.rounded(.down), range / value, value)
    }

    static func rgb(_ hue: Float, _ saturation: Float, _ value: Float) -> (Float, Float, Float) {
        /// The channel whose colour is at `offset` sixths from the end of the circle.
        func channel(_ offset: Float) -> Float {
            let position = (offset + hue * 6).truncatingRemainder(dividingBy: 6)
            return value - value * saturation * max(0, min(position, 4 - position, 1))
        }
        return (channel(5), channel(3), channel(1))
    }
}
