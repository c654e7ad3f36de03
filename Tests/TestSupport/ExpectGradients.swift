import Neural
import Testing

/// Expects the gradients of a network's parameters to be the fixture's `grad.*`.
///
/// Some gradients are zero but for rounding (a bias before a batch norm): where the fixture's largest value is below
/// 1e-6 of the network's largest, ours need only be below 1e-5 of that. A parameter without a gradient in the fixture
/// must have none here, since an optimiser treats none and zero differently.
package func expectGradients(
    of state: StateDictionary, match fixture: Fixture, prefix: String = "grad.", relativeToMax tolerance: Double = 1e-3,
    in report: ParityReport? = nil, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let expected = Dictionary(
        uniqueKeysWithValues: try fixture.names(under: prefix).map { ($0, try fixture.floats(prefix + $0)) })
    let largest = Double(expected.values.joined().lazy.map(\.magnitude).max() ?? 0)
    let parameters = state.parameters
    for name in Set(expected.keys).subtracting(parameters.map(\.name)).sorted() {
        Issue.record("\(prefix)\(name): the network has no such parameter", sourceLocation: sourceLocation)
    }
    for (name, parameter) in parameters {
        let gradient = parameter.value.gradientIfAny
        guard let expected = expected[name], let gradient else {
            if (expected[name] == nil) != (gradient == nil) {
                let text = gradient == nil ? "has no gradient but must have one" : "has a gradient but must have none"
                Issue.record("\(prefix)\(name) \(text)", sourceLocation: sourceLocation)
                report?.add(.infinity, as: "gradients", within: false)
            }
            continue
        }
        let values = parameter.layout.toTorch(
            Array(UnsafeBufferPointer(start: gradient, count: parameter.value.count)), shape: parameter.value.shape)
        expectGradient(
            values, expected, ofLargest: largest, relativeToMax: tolerance, prefix + name, in: report,
            sourceLocation: sourceLocation)
    }
}

/// The rule of `expectGradients` for one tensor; `largest` is the largest gradient of the whole network.
package func expectGradient(
    _ actual: [Float], _ expected: [Float], ofLargest largest: Double, relativeToMax tolerance: Double, _ name: String,
    in report: ParityReport? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
    let magnitude = Double(expected.lazy.map(\.magnitude).max() ?? 0)
    guard actual.count == expected.count, magnitude < 1e-6 * largest else {
        expectClose(
            actual, expected, relativeToMax: tolerance, name, in: report, as: "gradients",
            sourceLocation: sourceLocation)
        return
    }
    let isSmall = actual.allSatisfy { Double($0.magnitude) < 1e-5 * largest }
    if !isSmall {
        let found = actual.map(\.magnitude).max() ?? 0
        Issue.record(
            "\(name) must vanish but for rounding: \(found) where the network's largest gradient is \(largest)",
            sourceLocation: sourceLocation)
        report?.add(.infinity, as: "gradients", within: false)
    }
}
