/// Bounds of how images are drawn from a diffusion model.
package enum SamplingBounds {
    /// Denoising steps; a model cannot take more than it was trained with, which is 1000 for those trained here.
    package static let steps = 1...1000
    package static let eta = 0.0...1
    package static let guidance = 0.0...100
}
