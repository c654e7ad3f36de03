extension SpectralNormState {
    /// Random directions brought close to the singular vectors of a convolution's weight `[k, k, in, out]` by fifteen
    /// power iterations, as PyTorch's `spectral_norm` does when it is attached.
    convenience init(for weight: Tensor, using initialiser: inout Initialiser) {
        let outputs = weight.channels
        self.init(u: initialiser.direction(outputs), v: initialiser.direction(weight.rows))
        iterate(weight, times: 15)
    }
}
