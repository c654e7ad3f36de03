/// The left and right singular vectors that power iteration keeps for one weight (Miyato et al. 2018, algorithm 1).
///
/// `u` is `[out]`; `v` is `[in * k * k]` in PyTorch's order (input channel first, then kernel row and column), so
/// that checkpoints of either side fit.
package final class SpectralNormState {
    /// Added to no norm but bounding it from below, as `torch.nn.functional.normalize` does.
    package static let eps: Float = 1e-12

    package let u: Tensor
    package let v: Tensor

    package init(u: Tensor, v: Tensor) {
        precondition(
            u.shape.count == 1 && v.shape.count == 1,
            "SpectralNormState: u \(u.shape) and v \(v.shape) must be vectors")
        self.u = u
        self.v = v
    }
}
