import CKernels

extension Graph {
    /// In training, sets each value to zero with probability `rate` and divides the others by 1 - rate; else the
    /// identity.
    ///
    /// Value i is decided by the i-th number of the key's sequence.
    package func dropout(_ x: Tensor, rate: Float, key: RandomKey) -> Tensor {
        precondition(rate >= 0 && rate < 1, "dropout: the rate \(rate) is not in [0, 1)")
        guard training, rate > 0 else { return x }
        let y = output(x.shape, from: x)
        let mask = tensor(x.shape)
        Chunks.forEach(x.count) { start, length in
            grove_dropout_mask(mask.data + start, start, length, rate, key.seed, key.use, key.step, key.image)
            grove_multiply(y.data + start, x.data + start, mask.data + start, length)
        }
        guard y.requiresGradient else { return y }
        record((y, x, mask)) { kept, _ in
            let (y, x, mask) = kept
            guard let dy = y.gradientIfAny else { return }
            Graph.send(dy, times: mask.data, to: x)
        }
        return y
    }
}
