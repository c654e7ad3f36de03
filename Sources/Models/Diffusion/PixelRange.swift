import Neural

extension PixelRange {
    /// The values a pixel can have, to which x̂_0 is clamped.
    package var bounds: ClosedRange<Float> {
        switch self {
        case .zeroOne: 0...1
        case .minusOneOne: -1...1
        }
    }

    /// A value of [0, 1] in this range.
    @inline(__always)
    package func scaled(_ value: Float) -> Float {
        switch self {
        case .zeroOne: value
        case .minusOneOne: 2 * value - 1
        }
    }

    /// A value of this range in [0, 1].
    @inline(__always)
    package func unscaled(_ value: Float) -> Float {
        switch self {
        case .zeroOne: value
        case .minusOneOne: (value + 1) * 0.5
        }
    }
}

extension Tensor {
    /// A copy of images of [0, 1] with their pixels in `range`.
    ///
    /// - Parameter graph: whose tensor the copy becomes; nil for one by itself.
    func scaled(to range: PixelRange, in graph: Graph? = nil) -> Tensor {
        let result = graph.tensor(shape)
        for index in 0..<count { result.data[index] = range.scaled(data[index]) }
        return result
    }
}
