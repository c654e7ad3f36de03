import Testing

@testable import Neural

@Suite struct InitialiserTests {
    @Test func uniformFillsItsRange() {
        var initialiser = Initialiser(seed: 1)
        let values = initialiser.uniform([100, 100], bound: 0.5, layout: .linear).value.values
        #expect(values.allSatisfy { $0.magnitude <= 0.5 })
        let (low, high) = (values.min() ?? 0, values.max() ?? 0)
        #expect(low < -0.499 && high > 0.499)
        let mean = values.reduce(0, +) / 10_000
        #expect(mean.magnitude < 5 * 0.5 / (3 * Float(10_000)).squareRoot())
    }

    @Test func everyParameterHasItsOwnNumbers() {
        var (first, second, other) = (Initialiser(seed: 1), Initialiser(seed: 1), Initialiser(seed: 2))
        let a = first.uniform([8], bound: 1, layout: .vector).value.values
        let b = first.uniform([8], bound: 1, layout: .vector).value.values
        #expect(a != b)
        #expect(second.uniform([8], bound: 1, layout: .vector).value.values == a)
        #expect(other.uniform([8], bound: 1, layout: .vector).value.values != a)
    }

    /// PyTorch's bounds, 1/√fan_in; a transposed convolution's fan is counted over its output.
    @Test func layersUsePyTorchsFans() throws {
        var initialiser = Initialiser(seed: 3)
        let conv = Conv2D(16, 4, kernel: 3, using: &initialiser)
        let transposed = ConvTranspose2D(16, 4, kernel: 3, using: &initialiser)
        let linear = Linear(64, 200, using: &initialiser)
        func largest(_ parameter: Parameter?) -> Float { parameter?.value.values.map(\.magnitude).max() ?? 0 }
        for (weight, fan) in [(conv.weight, 144), (transposed.weight, 36), (linear.weight, 64)] {
            let bound = 1 / Float(fan).squareRoot()
            #expect(largest(weight) <= bound)
            #expect(largest(weight) > 0.98 * bound)
        }
        let linearBias = try #require(linear.bias)
        #expect(largest(linearBias) <= 1 / 8)
        #expect(largest(linearBias) > 0.9 / 8)
        #expect(largest(transposed.bias) > 0)
    }

    @Test func directionsHaveLengthOne() {
        var initialiser = Initialiser(seed: 1)
        let direction = initialiser.direction(50).values
        #expect((direction.reduce(0) { $0 + $1 * $1 } - 1).magnitude < 1e-5)
    }
}
