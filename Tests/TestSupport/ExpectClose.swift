import Neural
import Testing

/// Expects each value within `tolerance` of the largest expected magnitude, and returns the largest such error.
@discardableResult
package func expectClose(
    _ actual: [Double], _ expected: [Double], relativeToMax tolerance: Double, _ name: String,
    in report: ParityReport? = nil, as category: String = "output", sourceLocation: SourceLocation = #_sourceLocation
) -> Double {
    guard actual.count == expected.count else {
        Issue.record(
            "\(name): \(actual.count) values where \(expected.count) are expected", sourceLocation: sourceLocation)
        report?.add(.infinity, as: category, within: false)
        return .infinity
    }
    let difference = Difference(actual, expected, name)
    let isClose = difference.relative <= tolerance
    if !isClose {
        Issue.record("\(difference), tolerance \(tolerance)", sourceLocation: sourceLocation)
    }
    report?.add(difference.relative, as: category, within: isClose)
    return difference.relative
}

@discardableResult
package func expectClose(
    _ actual: [Float], _ expected: [Float], relativeToMax tolerance: Double, _ name: String,
    in report: ParityReport? = nil, as category: String = "output", sourceLocation: SourceLocation = #_sourceLocation
) -> Double {
    expectClose(
        actual.map(Double.init), expected.map(Double.init), relativeToMax: tolerance, name, in: report, as: category,
        sourceLocation: sourceLocation)
}

/// Expects a tensor of activations to be the one that `fixture` calls `name`; four axes are compared channels first.
@discardableResult
package func expectClose(
    _ actual: Tensor, _ fixture: Fixture, _ name: String, relativeToMax tolerance: Double = 1e-4,
    in report: ParityReport? = nil, as category: String = "output", sourceLocation: SourceLocation = #_sourceLocation
) throws -> Double {
    let (shape, values) = ChannelOrder.channelsFirst(actual.values, shape: actual.shape)
    // A loss has no axes there and one here; leaf probabilities may keep a last axis of length one.
    let expectedShape = try fixture.shape(name)
    guard shape.filter({ $0 != 1 }) == expectedShape.filter({ $0 != 1 }) else {
        Issue.record(
            "\(name): shape \(shape) where \(expectedShape) is expected, channels first", sourceLocation: sourceLocation
        )
        report?.add(.infinity, as: category, within: false)
        return .infinity
    }
    return expectClose(
        values, try fixture.floats(name), relativeToMax: tolerance, name, in: report, as: category,
        sourceLocation: sourceLocation)
}

/// Expects one number within `tolerance` of another, relative to it.
@discardableResult
package func expectClose(
    _ actual: Double, _ expected: Double, relative tolerance: Double, _ name: String, in report: ParityReport? = nil,
    as category: String = "output", sourceLocation: SourceLocation = #_sourceLocation
) -> Double {
    expectClose(
        [actual], [expected], relativeToMax: tolerance, name, in: report, as: category, sourceLocation: sourceLocation)
}
