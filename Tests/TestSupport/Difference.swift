/// How far one tensor is from another, relative to the largest value that is expected.
package struct Difference: Sendable, CustomStringConvertible {
    package let name: String
    /// The largest error over the largest expected magnitude; infinite where a value is not a number.
    package let relative: Double
    /// Where the largest error is, in the order that was compared, and both values there.
    package let index: Int
    package let actual: Double
    package let expected: Double

    package init(_ actual: [Double], _ expected: [Double], _ name: String) {
        let scale = expected.lazy.map(\.magnitude).max() ?? 0
        var worst = (index: 0, error: -1.0)
        for index in expected.indices {
            let difference = (actual[index] - expected[index]).magnitude
            let error = difference.isNaN ? .infinity : difference
            if error > worst.error { worst = (index, error) }
        }
        self.name = name
        index = worst.index
        self.actual = actual.isEmpty ? 0 : actual[worst.index]
        self.expected = expected.isEmpty ? 0 : expected[worst.index]
        relative = worst.error <= 0 ? 0 : (scale > 0 ? worst.error / scale : .infinity)
    }

    package var description: String {
        "\(name): error \(relative) of the largest value, at \(index): \(actual) where \(expected) is expected"
    }
}
