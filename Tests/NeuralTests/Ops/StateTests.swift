import Glibc
import Neural
import TestSupport
import Testing

/// What operations with a state keep of a pass, and the rare paths that the table of cases does not reach.
@Suite struct StateTests {
    private func normal(_ shape: Shape, _ step: UInt32 = 0, requiresGradient: Bool = false) -> Tensor {
        Tensor(
            shape, RandomKey(seed: 3, use: 0x5354, step: step).normals(shape.reduce(1, *)),
            requiresGradient: requiresGradient)
    }

    // MARK: Batch normalisation

    @Test func batchNormMovesRunningStatisticsByATenth() {
        let state = BatchNormState(weight: .filled([2], with: 1), bias: .zeros([2]))
        _ = Graph(training: true, recording: false).batchNorm(Tensor([4, 2], [1, 0, 2, 0, 3, 0, 6, 8]), state)
        // Means 3 and 2; unbiased variances (4 + 1 + 0 + 9) / 3 and (4 + 4 + 4 + 36) / 3.
        expectClose(state.runningMean.values, [0.3, 0.2], relativeToMax: 1e-6, "running mean")
        expectClose(
            state.runningVariance.values, [0.9 + 1.4 / 3, 0.9 + 1.6], relativeToMax: 1e-6, "running variance")
        #expect(state.batchesTracked == 1)
    }

    @Test func batchNormEvaluatesWithRunningStatistics() {
        let state = BatchNormState(weight: normal([3], 1, requiresGradient: true), bias: normal([3], 2))
        for channel in 0..<3 {
            state.runningMean.data[channel] = Float(channel)
            state.runningVariance.data[channel] = 0.5 + Float(channel)
        }
        let x = normal([5, 3], requiresGradient: true)
        let graph = Graph(training: false, recording: true)
        let y = graph.batchNorm(x, state)
        let inverse = (0..<3).map { 1 / (state.runningVariance.data[$0] + 1e-5).squareRoot() }
        let expected = (0..<15).map { index in
            (x.data[index] - Float(index % 3)) * inverse[index % 3] * state.weight.data[index % 3]
                + state.bias.data[index % 3]
        }
        expectClose(y.values, expected, relativeToMax: 1e-6, "output")
        #expect(state.batchesTracked == 0)
        graph.backward(from: y, seed: [Float](repeating: 1, count: 15))
        let slopes = (0..<15).map { inverse[$0 % 3] * state.weight.data[$0 % 3] }
        expectClose((0..<15).map { x.gradient()[$0] }, slopes, relativeToMax: 1e-6, "gradient")
    }

    /// Statistics about a mean that is large against the deviation lose no digits.
    @Test func batchNormIsStableFarFromZero() {
        let state = BatchNormState(weight: .filled([1], with: 1), bias: .zeros([1]))
        let values = (0..<1000).map { 1000 + Float($0 % 2) * 0.25 }
        let y = Graph(training: true, recording: false).batchNorm(Tensor([1000, 1], values), state)
        let expected = values.map { $0 > 1000 ? Float(1) : -1 }
        expectClose(y.values, expected, relativeToMax: 1e-3, "output")
    }

    // MARK: Spectral normalisation

    @Test func spectralNormDividesByTheLargestSingularValue() {
        // One kernel tap: W is diagonal with the singular values 3, 2, 0.5.
        let weight = Tensor([1, 1, 3, 3], [2, 0, 0, 0, 3, 0, 0, 0, 0.5])
        let state = SpectralNormState(u: Tensor([3], [0.6, 0.64, 0.48]), v: Tensor([3], [0.6, 0.64, 0.48]))
        state.iterate(weight, times: 60)
        let y = Graph(training: false, recording: false).spectralNormalised(weight, state: state)
        expectClose(y.values, weight.values.map { $0 / 3 }, relativeToMax: 1e-6, "normalised weight")
    }

    /// sigma = uᵀ W v with v in PyTorch's order: input channel, kernel row, kernel column.
    @Test func spectralNormReadsVectorsInTorchOrder() {
        let weight = normal([2, 2, 3, 4])
        let state = SpectralNormState(u: normal([4], 1), v: normal([12], 2))
        var sigma = 0.0
        for (ky, kx, c, o) in Self.indices(2, 2, 3, 4) {
            let element = weight.data[((ky * 2 + kx) * 3 + c) * 4 + o]
            sigma += Double(state.u.data[o]) * Double(element) * Double(state.v.data[(c * 2 + ky) * 2 + kx])
        }
        let y = Graph(training: false, recording: false).spectralNormalised(weight, state: state)
        expectClose(y.values, weight.values.map { Float(Double($0) / sigma) }, relativeToMax: 1e-5, "weight")
    }

    @Test func spectralNormIteratesInTrainingOnly() {
        let state = SpectralNormState(u: normal([4], 1), v: normal([12], 2))
        let (u, v) = (state.u.values, state.v.values)
        let weight = normal([2, 2, 3, 4])
        _ = Graph(training: false, recording: false).spectralNormalised(weight, state: state)
        #expect(state.u.values == u && state.v.values == v)
        _ = Graph(training: true, recording: false).spectralNormalised(weight, state: state)
        #expect(state.u.values != u && state.v.values != v)
        expectClose(
            Double(state.u.values.reduce(0) { $0 + $1 * $1 }), 1, relative: 1e-5, "squared length of u")
    }

    @Test func spectralNormGradient() {
        let state = SpectralNormState(u: normal([4], 1), v: normal([12], 2))
        let weight = normal([2, 2, 3, 4], requiresGradient: true)
        FiniteDifferences.expect("spectral norm", inputs: [("weight", weight)], step: 1e-3, tolerance: 1e-3) {
            $0.spectralNormalised(weight, state: state)
        }
    }

    private static func indices(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> [(Int, Int, Int, Int)] {
        (0..<a * b * c * d).map { ($0 / (b * c * d), $0 / (c * d) % b, $0 / d % c, $0 % d) }
    }

    // MARK: Dropout

    @Test func dropoutZeroesTheRateAndScalesTheRest() {
        let key = RandomKey(seed: 5, use: 1, step: 2)
        let x = Tensor([100, 401], [Float](repeating: 2, count: 40_100), requiresGradient: true)
        let graph = Graph(training: true, recording: true)
        let y = graph.dropout(x, rate: 0.3, key: key)
        let values = y.values
        #expect(values.allSatisfy { $0 == 0 || ($0 - 2 / 0.7).magnitude < 1e-5 })
        let dropped = Double(values.count { $0 == 0 }) / Double(values.count)
        #expect((dropped - 0.3).magnitude < 0.012)  // five standard deviations
        graph.backward(from: y, seed: [Float](repeating: 1, count: x.count))
        #expect((0..<x.count).allSatisfy { x.gradient()[$0] * 2 == values[$0] })
        // Value i is decided by number i of the key's sequence.
        #expect(key.uniforms(x.count).map { $0 < 0.3 } == values.map { $0 == 0 })
        let again = Graph(training: true, recording: false).dropout(x, rate: 0.3, key: key)
        #expect(again.values == values)
        #expect(Graph.inference.dropout(x, rate: 0.3, key: key) === x)
        let other = RandomKey(seed: 5, use: 1, step: 3)
        #expect(Graph(training: true, recording: false).dropout(x, rate: 0.3, key: other).values != values)
    }

    // MARK: Extremes of activations

    @Test func activationsKeepTheirLimits() {
        let x = Tensor([7], [-1000, -100, -88, 0, 88, 100, 1000])
        func values(_ kind: Activation) -> [Float] { Graph.inference.activation(x, kind).values }
        #expect(values(.sigmoid).first == 0 || (values(.sigmoid).first ?? 1) < 1e-37)
        #expect(values(.sigmoid).suffix(3) == [1, 1, 1])
        #expect(values(.softplus).suffix(3) == [88, 100, 1000])
        #expect(values(.swish).suffix(3) == [88, 100, 1000])
        #expect(values(.swish).allSatisfy { $0.isFinite })
        #expect(values(.softplus)[3] == 0.6931472)
    }

    /// Sigmoid stands on our exponential, softplus on our logarithm as well: a few units in the last place.
    @Test func activationsAreAccurate() {
        let x = Tensor([40_001], (0...40_000).map { Float($0 - 20_000) * 0.002 })
        let sigmoid = Graph.inference.activation(x, .sigmoid).values
        let softplus = Graph.inference.activation(x, .softplus).values
        for index in 0..<x.count {
            let value = Double(x.data[index])
            #expect((Double(sigmoid[index]) * (1 + exp(-value)) - 1).magnitude < 3e-7)
            let expected = max(value, 0) + log1p(exp(-value.magnitude))
            #expect((Double(softplus[index]) / expected - 1).magnitude < 3e-7)
        }
    }

    @Test func activationsShowNotANumber() {
        for kind in [Activation.swish, .leakyReLU(0.3), .sigmoid, .softplus, .relu] {
            let y = Graph.inference.activation(Tensor([3], [.nan, 1, .nan]), kind)
            #expect(y.values[0].isNaN && !y.values[1].isNaN && y.values[2].isNaN, "\(kind)")
        }
    }

    /// A value's image does not depend on where it stands: vector bodies and scalar tails agree to the bit.
    @Test func activationsDoNotDependOnPlace() {
        let values = normal([64], 9).values
        for kind in [Activation.swish, .sigmoid, .softplus, .leakyReLU(0.3)] {
            let expected = values.map { Graph.inference.activation(Tensor([1], [$0]), kind).item() }
            for length in 1...64 {
                let part = Graph.inference.activation(Tensor([length], Array(values.prefix(length))), kind)
                #expect(part.values == Array(expected.prefix(length)), "\(kind), \(length) values")
            }
        }
    }

    // MARK: The tape

    @Test func aTensorUsedTwiceCollectsBothGradients() {
        let x = Tensor([2], [3, 4], requiresGradient: true)
        let graph = Graph(training: true, recording: true)
        graph.backward(from: graph.sum(graph.multiply(x, graph.add(x, x))))
        #expect([x.gradient()[0], x.gradient()[1]] == [12, 16])
    }

    @Test func partsOfAGraphThatTheLossDoesNotReachGetNoGradient() {
        let (x, unused) = (normal([3], requiresGradient: true), normal([3], 1, requiresGradient: true))
        let graph = Graph(training: true, recording: true)
        _ = graph.scale(unused, by: 2)
        graph.backward(from: graph.sum(x))
        #expect(unused.gradientIfAny == nil)
        #expect(x.gradientIfAny != nil)
    }

    /// After a first pass a step takes no buffer from the heap; in a process of its own, since the pool is shared.
    @Test func aSteadyStepAllocatesNothing() async {
        await #expect(processExitsWith: .success) {
            // Which lane takes which image is not fixed, so neither is how many scratch buffers are taken at once.
            Parallel.threads = 1
            for op in OpCases.all {
                let tensors = op.draw()
                for _ in 0..<2 { _ = op.run(tensors) }
                let before = BufferPool.statistics.heapAllocations
                _ = op.run(tensors)
                precondition(BufferPool.statistics.heapAllocations == before, op.name)
            }
        }
    }
}
