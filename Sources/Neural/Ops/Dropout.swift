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
        let mask = Tensor(x.shape)
        let kept = 1 / (1 - rate)
        Chunks.forEach(x.count) { start, length in
            for index in stride(from: start, to: start + length, by: 4) {
                let words = key.words(block: UInt32(truncatingIfNeeded: index / 4))
                for lane in 0..<min(4, x.count - index) {
                    mask.data[index + lane] = RandomKey.uniform(words[lane]) < rate ? 0 : kept
                }
            }
            grove_multiply(y.data + start, x.data + start, mask.data + start, length)
        }
        guard y.requiresGradient else { return y }
        record {
            guard let dy = y.gradientIfAny else { return }
            let dx = x.gradient()
            Chunks.forEach(x.count) { start, length in
                grove_multiply_add(dx + start, dy + start, mask.data + start, length)
            }
        }
        return y
    }
}
