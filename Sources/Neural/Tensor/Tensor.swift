/// Float32 values, row-major; images are `[N, H, W, C]`, channels last.
///
/// A tensor that needs a gradient keeps one buffer of its own shape, to which backward passes *add*.
/// Unchecked Sendable: a tensor is used by one compute queue at a time; the owner of a model sees to that.
package final class Tensor: @unchecked Sendable {
    package private(set) var shape: Shape
    package private(set) var count = 0
    package private(set) var data: UnsafeMutablePointer<Float>
    /// Whether a backward pass is wanted through this tensor.
    package private(set) var requiresGradient = false
    private var gradientBuffer: UnsafeMutablePointer<Float>?
    /// What keeps `data` alive when this tensor is a view of another one's values.
    private var viewed: Tensor?
    /// Where a view's gradient is; nil where it is the view's own.
    private var gradientOwner: Tensor? { hasOwnGradient ? nil : viewed }
    private var hasOwnGradient = true

    /// No values, until it begins.
    init() {
        shape = Shape(0)
        data = Self.nowhere
    }

    /// Uninitialised values.
    package convenience init(_ shape: Shape, requiresGradient: Bool = false) {
        self.init()
        begin(shape, requiresGradient: requiresGradient)
    }

    /// The given values in row-major order.
    package convenience init(_ shape: Shape, _ values: [Float], requiresGradient: Bool = false) {
        self.init(shape, requiresGradient: requiresGradient)
        precondition(values.count == count, "Tensor: \(values.count) values do not fill shape \(shape)")
        values.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { data.update(from: base, count: count) }
        }
    }

    /// The same values, and the same gradient if one is wanted, under another shape.
    convenience init(viewing other: Tensor, as shape: Shape, requiresGradient: Bool = false) {
        self.init()
        begin(viewing: other, as: shape, requiresGradient: requiresGradient, ownGradient: false)
    }

    deinit { end() }

    // MARK: Beginning and end, which a graph's tensors see many times

    /// Where the values of a tensor are that has none; nobody reads or writes there.
    nonisolated(unsafe) private static let nowhere = UnsafeMutablePointer<Float>.allocate(capacity: 1)

    /// Takes a buffer for uninitialised values.
    func begin(_ shape: Shape, requiresGradient: Bool) {
        (self.shape, self.requiresGradient) = (shape, requiresGradient)
        count = shape.values
        data = BufferPool.take(count)
        hasOwnGradient = true
    }

    /// Shares another's values.
    func begin(viewing other: Tensor, as shape: Shape, requiresGradient: Bool, ownGradient: Bool) {
        (self.shape, self.requiresGradient) = (shape, requiresGradient)
        count = other.count
        data = other.data
        viewed = other
        hasOwnGradient = ownGradient
    }

    /// Gives its buffers back.
    func end() {
        clearGradient()
        if viewed == nil, data != Self.nowhere { BufferPool.giveBack(data, count) }
        viewed = nil
        data = Self.nowhere
    }

    package static func zeros(_ shape: Shape) -> Tensor { filled(shape, with: 0) }

    package static func filled(_ shape: Shape, with value: Float) -> Tensor {
        let tensor = Tensor(shape)
        tensor.data.update(repeating: value, count: tensor.count)
        return tensor
    }

    /// A copy of the values.
    package var values: [Float] { Array(UnsafeBufferPointer(start: data, count: count)) }

    /// The length of the last axis.
    package var channels: Int { shape.last ?? 1 }

    /// The product of all axes but the last.
    package var rows: Int { channels == 0 ? 0 : count / channels }

    /// The only value of a tensor that holds one.
    package func item() -> Float {
        precondition(count == 1, "item: a tensor of shape \(shape) does not hold one value")
        return data[0]
    }

    /// The gradient's buffer, zeroed when it is first asked for.
    package func gradient() -> UnsafeMutablePointer<Float> {
        if let gradientOwner { return gradientOwner.gradient() }
        if let gradientBuffer { return gradientBuffer }
        let buffer = BufferPool.take(count)
        buffer.update(repeating: 0, count: count)
        gradientBuffer = buffer
        return buffer
    }

    /// The gradient's buffer for a pass that writes every value of it: where nothing has been added yet, its values are
    /// undefined and the pass must set them (`accumulate` is false); it saves writing zeros first.
    func gradientSink() -> (data: UnsafeMutablePointer<Float>, accumulate: Bool) {
        if let gradientOwner { return gradientOwner.gradientSink() }
        if let gradientBuffer { return (gradientBuffer, true) }
        let buffer = BufferPool.take(count)
        gradientBuffer = buffer
        return (buffer, false)
    }

    /// The gradient's buffer where a backward pass has reached this tensor.
    package var gradientIfAny: UnsafeMutablePointer<Float>? { gradientOwner?.gradientIfAny ?? gradientBuffer }

    /// Adds the gradient of a result to that of something that was added to it, by giving the buffer away where that has
    /// none yet; nothing else may need the result's gradient afterwards.
    func handGradient(to other: Tensor) {
        guard other.requiresGradient, let gradientBuffer else { return }
        if other.viewed == nil, other.gradientBuffer == nil {
            other.gradientBuffer = gradientBuffer
            self.gradientBuffer = nil
        } else {
            Graph.send(gradientBuffer, times: 1, to: other)
        }
    }

    /// Forgets the gradient, so that the next backward pass starts from zero.
    package func clearGradient() {
        if let gradientBuffer { BufferPool.giveBack(gradientBuffer, count) }
        gradientBuffer = nil
    }

    /// The same values under another shape. For tensors outside a backward pass; inside, `Graph.reshape` is meant.
    package func reshaped(_ shape: Shape) -> Tensor {
        precondition(shape.values == count, "reshaped: \(self.shape) does not hold the values of \(shape)")
        precondition(!requiresGradient, "reshaped: use Graph.reshape where a gradient is needed")
        return Tensor(viewing: self, as: shape)
    }
}

extension Tensor? {
    /// Whether there is a tensor that a backward pass is wanted through.
    var requiresGradient: Bool { self?.requiresGradient == true }
}
