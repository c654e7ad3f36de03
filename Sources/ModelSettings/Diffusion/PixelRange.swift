/// The range that a diffusion model's pixels have.
package enum PixelRange: String, Codable, Sendable, CaseIterable {
    /// As published: [0, 1], although the process starts from N(0, 1).
    case zeroOne = "zero_one"
    /// [-1, 1], centred like the noise.
    case minusOneOne = "minus_one_one"
}
