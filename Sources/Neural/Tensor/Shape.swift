/// The sizes of a tensor's axes, the slowest first; at most four, so that a shape is a value without memory of its own.
package struct Shape: Hashable, Sendable {
    package static let most = SIMD4<Int>.scalarCount
    private var axes: SIMD4<Int> = .zero
    package private(set) var count = 0

    /// A vector.
    package init(_ first: Int) { append(first) }

    /// A matrix.
    package init(_ first: Int, _ second: Int) {
        append(first)
        append(second)
    }

    /// One image `[h, w, c]`.
    package init(_ first: Int, _ second: Int, _ third: Int) {
        self.init(first, second)
        append(third)
    }

    /// Images `[n, h, w, c]`, or a kernel.
    package init(_ first: Int, _ second: Int, _ third: Int, _ fourth: Int) {
        self.init(first, second, third)
        append(fourth)
    }

    package init(_ axes: some Sequence<Int>) {
        for axis in axes { append(axis) }
    }

    private mutating func append(_ axis: Int) {
        precondition(count < Self.most, "Shape: \(self) has no room for another axis")
        axes[count] = axis
        count += 1
    }

    /// How many values a tensor of this shape has.
    package var values: Int { reduce(1, *) }

    /// The same with another last axis.
    package func with(channels: Int) -> Shape {
        var shape = self
        shape[count - 1] = channels
        return shape
    }

    /// Of `count` such tensors, one after another.
    package func times(_ count: Int) -> Shape {
        var shape = Shape(count)
        for axis in self { shape.append(axis) }
        return shape
    }

    /// Of what the first axis counts.
    package var ofOne: Shape { Shape(dropFirst()) }

    /// The same with another first axis.
    package func with(rows: Int) -> Shape {
        var shape = self
        shape[0] = rows
        return shape
    }

    /// Whether all axes but the last are those of the other.
    package func differsInChannelsAlone(from other: Shape) -> Bool {
        count == other.count && count > 0 && with(channels: 0) == other.with(channels: 0)
    }
}

extension Shape: RandomAccessCollection, MutableCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { count }

    package subscript(index: Int) -> Int {
        get {
            precondition(index < count, "Shape: \(self) has no axis \(index)")
            return axes[index]
        }
        set {
            precondition(index < count, "Shape: \(self) has no axis \(index)")
            axes[index] = newValue
        }
    }
}

extension Shape: ExpressibleByArrayLiteral, CustomStringConvertible {
    package init(arrayLiteral axes: Int...) { self.init(axes) }

    package var description: String { Array(self).description }
}
