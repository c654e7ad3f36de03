import Neural

/// A row-major array of doubles: what naive references compute with.
struct Array64 {
    let shape: [Int]
    var values: [Double]

    init(_ shape: [Int], _ values: [Double]) {
        self.shape = shape
        self.values = values
    }

    init(zeros shape: [Int]) {
        self.init(shape, [Double](repeating: 0, count: shape.reduce(1, *)))
    }

    init(_ tensor: Tensor) {
        self.init(Array(tensor.shape), tensor.values.map(Double.init))
    }

    var count: Int { values.count }
    var channels: Int { shape.last ?? 1 }
    var rows: Int { count / channels }

    /// Four axes, as images `[n, h, w, c]` and kernels have them.
    subscript(a: Int, b: Int, c: Int, d: Int) -> Double {
        get { values[((a * shape[1] + b) * shape[2] + c) * shape[3] + d] }
        set { values[((a * shape[1] + b) * shape[2] + c) * shape[3] + d] = newValue }
    }

    subscript(row: Int, column: Int) -> Double {
        get { values[row * channels + column] }
        set { values[row * channels + column] = newValue }
    }

    /// The value at a pixel, zero outside the image.
    func padded(_ image: Int, _ y: Int, _ x: Int, _ channel: Int) -> Double {
        guard 0..<shape[1] ~= y, 0..<shape[2] ~= x else { return 0 }
        return self[image, y, x, channel]
    }

    func map(_ transform: (Double) -> Double) -> Array64 { Array64(shape, values.map(transform)) }

    func with(_ other: Array64, _ combine: (Double, Double) -> Double) -> Array64 {
        Array64(shape, zip(values, other.values).map(combine))
    }
}
