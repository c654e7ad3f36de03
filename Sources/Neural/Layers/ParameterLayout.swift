/// How the axes of a parameter in PyTorch's order become ours, which keep the output channels last so that they lie
/// side by side as the channels of an image do.
package enum ParameterLayout: Sendable {
    /// (out, in, k, k) → [k, k, in, out]
    case conv
    /// (in, out, k, k) → [in, k, k, out]
    case convTransposed
    /// (out, in) → [in, out]
    case linear
    /// A convolution of one position over a sequence, (out, in, 1) → [in, out]; the attention blocks' projections.
    case pointwise
    /// Any shape, as it is.
    case vector

    /// PyTorch's shape of a parameter that has `shape` here.
    package func torchShape(_ shape: Shape) -> [Int] {
        precondition(accepts(shape), "ParameterLayout: \(shape) is not the shape of a \(self) parameter")
        return switch self {
        case .conv: [shape[3], shape[2], shape[0], shape[1]]
        case .convTransposed: [shape[0], shape[3], shape[1], shape[2]]
        case .linear: [shape[1], shape[0]]
        case .pointwise: [shape[1], shape[0], 1]
        case .vector: Array(shape)
        }
    }

    /// Our shape of a parameter that has `torchShape` there; nil where the number of axes does not fit.
    package func shape(fromTorch torchShape: [Int]) -> Shape? {
        switch (self, torchShape.count) {
        case (.conv, 4): [torchShape[2], torchShape[3], torchShape[1], torchShape[0]]
        case (.convTransposed, 4): [torchShape[0], torchShape[2], torchShape[3], torchShape[1]]
        case (.linear, 2): [torchShape[1], torchShape[0]]
        case (.pointwise, 3) where torchShape[2] == 1: [torchShape[1], torchShape[0]]
        case (.vector, ...Shape.most): Shape(torchShape)
        default: nil
        }
    }

    /// Copies values in PyTorch's order to `target`, a parameter of `shape` (ours).
    package func read(torch source: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, shape: Shape) {
        // Seen as three axes; t numbers PyTorch's element, the loops run in our order.
        switch self {
        case .conv:
            let (area, inputs, outputs) = (shape[0] * shape[1], shape[2], shape[3])
            Self.gather(source, target, (area, 1), (inputs, area), (outputs, inputs * area))
        case .convTransposed:
            let (inputs, area, outputs) = (shape[0], shape[1] * shape[2], shape[3])
            Self.gather(source, target, (inputs, outputs * area), (area, 1), (outputs, area))
        case .linear, .pointwise:
            Self.gather(source, target, (1, 0), (shape[0], 1), (shape[1], shape[0]))
        case .vector:
            target.update(from: source, count: shape.values)
        }
    }

    /// Copies the values of a parameter of `shape` (ours) to `target` in PyTorch's order.
    package func write(_ source: UnsafePointer<Float>, torch target: UnsafeMutablePointer<Float>, shape: Shape) {
        switch self {
        case .conv:
            let (area, inputs, outputs) = (shape[0] * shape[1], shape[2], shape[3])
            Self.gather(source, target, (outputs, 1), (inputs, outputs), (area, inputs * outputs))
        case .convTransposed:
            let (inputs, area, outputs) = (shape[0], shape[1] * shape[2], shape[3])
            Self.gather(source, target, (inputs, area * outputs), (outputs, 1), (area, outputs))
        case .linear, .pointwise:
            Self.gather(source, target, (1, 0), (shape[1], 1), (shape[0], shape[1]))
        case .vector:
            target.update(from: source, count: shape.values)
        }
    }

    /// PyTorch-ordered values in our order.
    package func fromTorch(_ values: [Float], shape: Shape) -> [Float] {
        precondition(values.count == shape.values, "ParameterLayout: \(values.count) values do not fill \(shape)")
        return reordered(values) { read(torch: $0, into: $1, shape: shape) }
    }

    /// Our values in PyTorch's order.
    package func toTorch(_ values: [Float], shape: Shape) -> [Float] {
        precondition(values.count == shape.values, "ParameterLayout: \(values.count) values do not fill \(shape)")
        return reordered(values) { write($0, torch: $1, shape: shape) }
    }

    private func accepts(_ shape: Shape) -> Bool {
        switch self {
        case .conv, .convTransposed: shape.count == 4
        case .linear, .pointwise: shape.count == 2
        case .vector: true
        }
    }

    private func reordered(
        _ values: [Float], _ body: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
    ) -> [Float] {
        values.withUnsafeBufferPointer { source in
            Array(unsafeUninitializedCapacity: source.count) { target, filled in
                if let from = source.baseAddress, let to = target.baseAddress, !source.isEmpty { body(from, to) }
                filled = source.count
            }
        }
    }

    /// Writes `target` in order from `source`, whose stride along each of the three axes is given with the axis' length.
    private static func gather(
        _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>,
        _ a: (length: Int, stride: Int), _ b: (length: Int, stride: Int), _ c: (length: Int, stride: Int)
    ) {
        var next = target
        for i in 0..<a.length {
            for j in 0..<b.length {
                let row = source + (i * a.stride + j * b.stride)
                for k in 0..<c.length { next[k] = row[k * c.stride] }
                next += c.length
            }
        }
    }
}
