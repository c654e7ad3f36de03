import CKernels

/// The elementwise nonlinearities of both models.
package enum Activation: Sendable, Hashable {
    case identity
    /// x sigmoid(x), also called SiLU.
    case swish
    /// x for positive x, else slope times x.
    case leakyReLU(Float)
    case relu
    case sigmoid
    /// log(1 + exp x), which in float is x itself above 20.
    case softplus

    fileprivate var code: Int32 {
        switch self {
        case .identity: Int32(GROVE_IDENTITY)
        case .swish: Int32(GROVE_SWISH)
        case .leakyReLU: Int32(GROVE_LEAKY_RELU)
        case .relu: Int32(GROVE_RELU)
        case .sigmoid: Int32(GROVE_SIGMOID)
        case .softplus: Int32(GROVE_SOFTPLUS)
        }
    }

    fileprivate var slope: Float {
        if case .leakyReLU(let slope) = self { slope } else { 0 }
    }
}

extension Graph {
    /// The activation of every value.
    package func activation(_ x: Tensor, _ kind: Activation) -> Tensor {
        if kind == .identity { return x }
        let y = output(x.shape, from: x)
        Chunks.forEach(x.count) { start, length in
            grove_activation(kind.code, kind.slope, y.data + start, x.data + start, length)
        }
        guard y.requiresGradient else { return y }
        record((y, x, kind)) { kept, _ in
            let (y, x, kind) = kept
            guard let dy = y.gradientIfAny else { return }
            let (dx, accumulate) = x.gradientSink()
            Chunks.forEach(x.count) { start, length in
                grove_activation_backward(
                    kind.code, kind.slope, dx + start, dy + start, x.data + start, y.data + start, length,
                    accumulate ? 1 : 0)
            }
        }
        return y
    }
}
