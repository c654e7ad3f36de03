import TestSupport
import Testing

@testable import Neural

@Suite struct LayerTests {
    private func image(_ shape: Shape, seed: UInt64 = 7) -> Tensor {
        Tensor(shape, RandomKey(seed: seed, use: 1).normals(shape.reduce(1, *)), requiresGradient: true)
    }

    @Test func outputShapes() {
        var initialiser = Initialiser(seed: 1)
        let graph = Graph.inference
        let x = image([2, 8, 8, 4])
        #expect(Conv2D(4, 6, kernel: 3, padding: 1, using: &initialiser)(x, in: graph).shape == [2, 8, 8, 6])
        #expect(
            Conv2D(4, 6, kernel: 3, stride: 2, padding: 1, using: &initialiser)(x, in: graph).shape == [2, 4, 4, 6])
        let transposed = ConvTranspose2D(4, 3, kernel: 4, stride: 2, padding: 1, using: &initialiser)
        #expect(transposed(x, in: graph).shape == [2, 16, 16, 3])
        #expect(Linear(4, 5, using: &initialiser)(x, in: graph).shape == [2, 8, 8, 5])
        #expect(BatchNorm(4, using: &initialiser)(x, in: graph).shape == x.shape)
        #expect(GroupNorm(groups: 2, channels: 4, using: &initialiser)(x, in: graph).shape == x.shape)
    }

    @Test func freshNormsAreNeutral() {
        var initialiser = Initialiser(seed: 1)
        let x = image([2, 4, 4, 4])
        let batch = BatchNorm(4, using: &initialiser)(x, in: Graph.inference)
        #expect(zip(batch.values, x.values).allSatisfy { ($0 - $1).magnitude < 1e-4 })
        let group = GroupNorm(groups: 2, channels: 4, using: &initialiser)(x, in: Graph.inference)
        #expect(group.values.reduce(0, +).magnitude < 1e-3)
    }

    @Test func everyParameterGetsAGradient() {
        var initialiser = Initialiser(seed: 1)
        let conv = Conv2D(2, 4, kernel: 3, padding: 1, spectralNorm: true, using: &initialiser)
        let norm = GroupNorm(groups: 2, channels: 4, using: &initialiser)
        let transposed = ConvTranspose2D(4, 3, kernel: 2, stride: 2, using: &initialiser)
        let linear = Linear(3, 2, pointwise: true, using: &initialiser)
        var state = StateDictionary()
        conv.collect("conv", into: &state)
        norm.collect("norm", into: &state)
        transposed.collect("transposed", into: &state)
        linear.collect("linear", into: &state)
        let x = image([2, 4, 4, 2])
        FiniteDifferences.expect(
            "layers", inputs: [("x", x)] + state.parameters.map { ($0.name, $0.parameter.value) }
        ) { graph in
            linear(transposed(norm(conv(x, in: graph), silu: true, in: graph), in: graph), in: graph)
        }
    }

    /// After fifteen iterations the normalised weight's largest singular value is near one: it stretches its own right
    /// singular vector by that much.
    @Test func spectralNormStartsConverged() {
        var initialiser = Initialiser(seed: 5)
        let weight = initialiser.uniform([3, 3, 4, 6], bound: 0.2, layout: .conv)
        let state = SpectralNormState(for: weight.value, using: &initialiser)
        func length(_ tensor: Tensor) -> Float { tensor.values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        #expect((length(state.u) - 1).magnitude < 1e-5)
        #expect((length(state.v) - 1).magnitude < 1e-5)
        let before = state.largestSingularValue(weight.value)
        state.iterate(weight.value, times: 200)
        let converged = state.largestSingularValue(weight.value)
        #expect(before <= converged * (1 + 1e-6))
        #expect(before > 0.95 * converged)
    }
}
