extension SpectralNormState {
    /// Random directions brought close to the singular vectors of a convolution's weight `[k, k, in, out]` by fifteen
    /// power iterations, as PyTorch's `spectral_norm` does when it is attached.
    convenience init(for weight: Tensor, using initialiser: inout Initialiser) {
        let (area, inputs, outputs) = (weight.shape[0] * weight.shape[1], weight.shape[2], weight.shape[3])
        self.init(u: initialiser.direction(outputs), v: initialiser.direction(inputs * area))
        // Rows in PyTorch's order, (out, in·k·k).
        let matrix = ParameterLayout.conv.toTorch(weight.values, shape: weight.shape)
        let width = inputs * area
        for _ in 0..<15 {
            u.setNormalised { row in
                (0..<width).reduce(0.0) { $0 + Double(matrix[row * width + $1]) * Double(v.data[$1]) }
            }
            v.setNormalised { column in
                (0..<outputs).reduce(0.0) { $0 + Double(matrix[$1 * width + column]) * Double(u.data[$1]) }
            }
        }
    }
}

extension Tensor {
    /// Sets each value and divides all by their common length.
    fileprivate func setNormalised(_ element: (Int) -> Double) {
        let values = (0..<count).map(element)
        let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        for (index, value) in values.enumerated() {
            data[index] = Float(value / max(length, Double(SpectralNormState.eps)))
        }
    }
}
