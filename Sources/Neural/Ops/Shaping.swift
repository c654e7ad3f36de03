import CKernels

extension Graph {
    /// The same values under another shape; nothing is copied, and the gradient is shared too.
    package func reshape(_ x: Tensor, _ shape: Shape) -> Tensor {
        precondition(shape.values == x.count, "reshape: \(x.shape) does not hold the values of \(shape)")
        return view(of: x, as: shape)
    }

    /// The channels of `a`, then those of `b`; all other axes are equal.
    package func concatChannels(_ a: Tensor, _ b: Tensor) -> Tensor {
        let inputs = Parts(a, b)
        let (rows, left, right, width) = (a.rows, a.channels, b.channels, inputs.channels)
        let y = output(a.shape.with(channels: width), from: a, b)
        Chunks.forEachRows(rows, columns: width) { row, count in
            grove_copy_columns(y.data + row * width, width, a.data + row * left, left, count, left)
            grove_copy_columns(y.data + row * width + left, width, b.data + row * right, right, count, right)
        }
        guard y.requiresGradient else { return y }
        record((y, inputs)) { kept, _ in
            let (y, inputs) = kept
            guard let dy = y.gradientIfAny else { return }
            inputs.forEach { input, first in
                guard input.requiresGradient else { return }
                let (dx, accumulate) = input.gradientSink()
                let (channels, width) = (input.channels, y.channels)
                let move = accumulate ? grove_add_columns : grove_copy_columns
                Chunks.forEachRows(y.rows, columns: channels) { row, count in
                    move(dx + row * channels, channels, dy + row * width + first, width, count, channels)
                }
            }
        }
        return y
    }

    /// `count` channels of every row, from channel `first` on.
    package func sliceChannels(_ x: Tensor, from first: Int, count: Int) -> Tensor {
        let width = x.channels
        precondition(
            first >= 0 && count > 0 && first + count <= width,
            "sliceChannels: channels \(first)..<\(first + count) are not all in shape \(x.shape)")
        let y = output(x.shape.with(channels: count), from: x)
        Chunks.forEachRows(x.rows, columns: width) { row, rows in
            grove_copy_columns(y.data + row * count, count, x.data + row * width + first, width, rows, count)
        }
        guard y.requiresGradient else { return y }
        record((y, x, first)) { kept, _ in
            let (y, x, first) = kept
            guard let dy = y.gradientIfAny else { return }
            let (dx, width, count) = (x.gradient(), x.channels, y.channels)
            Chunks.forEachRows(x.rows, columns: width) { row, rows in
                grove_add_columns(dx + row * width + first, width, dy + row * count, count, rows, count)
            }
        }
        return y
    }

    /// Tensors one after another along the first axis; all other axes are equal.
    package func concatRows(_ list: [Tensor]) -> Tensor {
        guard let first = list.first else { preconditionFailure("concatRows: the list is empty") }
        for tensor in list {
            precondition(
                tensor.shape.with(rows: 0) == first.shape.with(rows: 0),
                "concatRows: shapes \(first.shape) and \(tensor.shape) differ after the first axis")
        }
        let y = tensor(
            first.shape.with(rows: list.reduce(0) { $0 + $1.shape[0] }),
            requiresGradient: recording && list.contains { $0.requiresGradient })
        var offset = 0
        for tensor in list {
            (y.data + offset).update(from: tensor.data, count: tensor.count)
            offset += tensor.count
        }
        guard y.requiresGradient else { return y }
        record((y, list)) { kept, _ in
            let (y, list) = kept
            guard let dy = y.gradientIfAny else { return }
            var offset = 0
            for tensor in list {
                if tensor.requiresGradient { Graph.send(dy + offset, times: 1, to: tensor) }
                offset += tensor.count
            }
        }
        return y
    }

    /// `n` rows and columns of zeros on all four sides of `[n, h, w, c]`.
    package func pad(_ x: Tensor, _ n: Int) -> Tensor {
        precondition(x.shape.count == 4 && n >= 0, "pad: cannot pad shape \(x.shape) by \(n)")
        let y = output(Shape(x.shape[0], x.shape[1] + 2 * n, x.shape[2] + 2 * n, x.channels), from: x)
        let window = Window(outer: y.shape, margin: n)
        Parallel.forEach(x.shape[0]) { image in
            (y.data + image * window.outerCount).update(repeating: 0, count: window.outerCount)
            window.copyOut(inner: x.data, to: y.data, image: image)
        }
        guard y.requiresGradient else { return y }
        record((y, x, window)) { kept, _ in
            let (y, x, window) = kept
            guard let dy = y.gradientIfAny else { return }
            let dx = x.gradient()
            Parallel.forEach(x.shape[0]) { image in window.addIn(outer: dy, to: dx, image: image) }
        }
        return y
    }

    /// Takes `n` rows and columns away on all four sides of `[n, h, w, c]`.
    package func crop(_ x: Tensor, _ n: Int) -> Tensor {
        precondition(
            x.shape.count == 4 && n >= 0 && x.shape[1] > 2 * n && x.shape[2] > 2 * n,
            "crop: cannot crop shape \(x.shape) by \(n)")
        let y = output(Shape(x.shape[0], x.shape[1] - 2 * n, x.shape[2] - 2 * n, x.channels), from: x)
        let window = Window(outer: x.shape, margin: n)
        Parallel.forEach(x.shape[0]) { image in window.copyIn(outer: x.data, to: y.data, image: image) }
        guard y.requiresGradient else { return y }
        record((y, x, window)) { kept, _ in
            let (y, x, window) = kept
            guard let dy = y.gradientIfAny else { return }
            let dx = x.gradient()
            Parallel.forEach(x.shape[0]) { image in window.addOut(inner: dy, to: dx, image: image) }
        }
        return y
    }
}

/// The middle of an image without a margin, and the copies between the two; inner rows are contiguous.
private struct Window {
    let outerCount: Int
    private let innerCount: Int
    private let innerRows: Int
    private let innerRow: Int
    private let outerRow: Int
    private let first: Int

    /// `outer` is the larger shape `[n, h, w, c]`.
    init(outer: Shape, margin: Int) {
        outerCount = outer[1] * outer[2] * outer[3]
        innerRows = outer[1] - 2 * margin
        innerRow = (outer[2] - 2 * margin) * outer[3]
        outerRow = outer[2] * outer[3]
        innerCount = innerRows * innerRow
        first = margin * outerRow + margin * outer[3]
    }

    func copyOut(inner: UnsafePointer<Float>, to outer: UnsafeMutablePointer<Float>, image: Int) {
        grove_copy_columns(
            outer + image * outerCount + first, outerRow, inner + image * innerCount, innerRow, innerRows, innerRow)
    }

    func addOut(inner: UnsafePointer<Float>, to outer: UnsafeMutablePointer<Float>, image: Int) {
        grove_add_columns(
            outer + image * outerCount + first, outerRow, inner + image * innerCount, innerRow, innerRows, innerRow)
    }

    func copyIn(outer: UnsafePointer<Float>, to inner: UnsafeMutablePointer<Float>, image: Int) {
        grove_copy_columns(
            inner + image * innerCount, innerRow, outer + image * outerCount + first, outerRow, innerRows, innerRow)
    }

    func addIn(outer: UnsafePointer<Float>, to inner: UnsafeMutablePointer<Float>, image: Int) {
        grove_add_columns(
            inner + image * innerCount, innerRow, outer + image * outerCount + first, outerRow, innerRows, innerRow)
    }
}
