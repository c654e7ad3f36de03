/// Images of [0, 1] as bytes.
package enum PixelBytes {
    /// Clamped, then rounded to the nearest of 256 levels. The authors truncate files and let metrics wrap around;
    /// both lose up to a level, or all of it.
    package static func rounded(_ image: [Float]) -> [UInt8] {
        image.map { UInt8((clamped($0) * 255).rounded()) }
    }

    /// A value in [0, 1]; what is not a number becomes 0.
    static func clamped(_ value: Float) -> Float { value > 0 ? min(value, 1) : 0 }
}
