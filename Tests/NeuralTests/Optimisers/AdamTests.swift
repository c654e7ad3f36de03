import Testing

@testable import Neural

@Suite struct AdamTests {
    private func parameter(_ count: Int, seed: UInt64 = 1) -> Parameter {
        Parameter(
            Tensor([count], RandomKey(seed: seed, use: 1).normals(count), requiresGradient: true), layout: .vector)
    }

    private func setGradient(_ parameter: Parameter, seed: UInt64, scale: Float = 1) {
        let gradient = parameter.value.gradient()
        for (index, value) in RandomKey(seed: seed, use: 2).normals(parameter.value.count).enumerated() {
            gradient[index] = scale * value
        }
    }

    /// The paper's algorithm 1 in double precision, value by value.
    @Test func agreesWithThePaper() {
        let count = ParameterChunks.size + 37
        let parameter = parameter(count)
        let start = parameter.value.values
        let adam = Adam(
            parameters: [("a", parameter)], learningRate: 0.01, weightDecay: 0.1, gradientClip: 5)
        var reference = start.map { (value: Double($0), first: 0.0, second: 0.0) }
        for step in 1...5 {
            adam.clearGradients()
            setGradient(parameter, seed: UInt64(step))
            let gradients = RandomKey(seed: UInt64(step), use: 2).normals(count).map(Double.init)
            let norm = gradients.reduce(0) { $0 + $1 * $1 }.squareRoot()
            #expect((adam.step() / norm - 1).magnitude < 1e-6)
            var (power1, power2) = (1.0, 1.0)
            for _ in 0..<step { (power1, power2) = (power1 * 0.9, power2 * 0.999) }
            for index in reference.indices {
                let g = gradients[index] * min(1, 5 / (norm + 1e-6)) + 0.1 * reference[index].value
                reference[index].first = 0.9 * reference[index].first + 0.1 * g
                reference[index].second = 0.999 * reference[index].second + 0.001 * g * g
                let (m, v) = (reference[index].first / (1 - power1), reference[index].second / (1 - power2))
                reference[index].value -= 0.01 * m / (v.squareRoot() + 1e-8)
            }
        }
        let error = zip(parameter.value.values, reference).map { (Double($0) - $1.value).magnitude }.max() ?? .infinity
        #expect(error < 1e-5)
    }

    @Test func untouchedParameterStays() throws {
        let (reached, untouched) = (parameter(4), parameter(4, seed: 2))
        let before = untouched.value.values
        let adam = Adam(parameters: [("r", reached), ("u", untouched)], learningRate: 0.1, weightDecay: 0.5)
        setGradient(reached, seed: 3)
        adam.step()
        #expect(untouched.value.values == before)
        let file = try Safetensors(bytes: Safetensors.encode(adam.tensors()))
        #expect(try file.integers("r.step") == [1])
        #expect(try file.integers("u.step") == [0])
        // Its first step is as large as any first step: its own count starts now.
        adam.clearGradients()
        setGradient(untouched, seed: 3, scale: 100)
        let reachedBefore = reached.value.values
        adam.step()
        #expect(reached.value.values == reachedBefore)
        for (new, old) in zip(untouched.value.values, before) {
            #expect(((new - old).magnitude - 0.1).magnitude < 1e-4)
        }
    }

    @Test func clippingScalesAllGradientsTogether() {
        let clipped = [parameter(10), parameter(20, seed: 2)]
        let scaled = [parameter(10), parameter(20, seed: 2)]
        let optimisers = [(clipped, 0.5 as Float?), (scaled, nil)].map { parameters, clip in
            Adam(
                parameters: parameters.enumerated().map { ("\($0)", $1) }, learningRate: 0.1, eps: 1, gradientClip: clip
            )
        }
        for (index, parameter) in clipped.enumerated() { setGradient(parameter, seed: UInt64(index)) }
        let norm = optimisers[0].step()
        for (index, parameter) in scaled.enumerated() {
            setGradient(parameter, seed: UInt64(index), scale: Float(0.5 / (norm + 1e-6)))
        }
        #expect((optimisers[1].step() - 0.5).magnitude < 1e-5)
        for (a, b) in zip(clipped, scaled) {
            #expect(zip(a.value.values, b.value.values).allSatisfy { ($0 - $1).magnitude < 1e-6 })
        }
    }

    @Test(arguments: [Float.nan, .infinity])
    func brokenGradientMovesNothing(value: Float) {
        let parameter = parameter(40)
        let before = parameter.value.values
        let adam = Adam(parameters: [("a", parameter)], learningRate: 0.1, gradientClip: 1)
        setGradient(parameter, seed: 1)
        parameter.value.gradient()[17] = value
        #expect(!adam.step().isFinite)
        #expect(parameter.value.values == before)
    }

    @Test func resultDoesNotDependOnTheNumberOfThreads() {
        func run(threads: Int) -> (Double, [Float]) {
            let before = Parallel.threads
            Parallel.threads = threads
            defer { Parallel.threads = before }
            let parameters = [parameter(70_001), parameter(5, seed: 2)]
            let adam = Adam(
                parameters: parameters.enumerated().map { ("\($0)", $1) }, learningRate: 0.1, gradientClip: 1)
            for (index, parameter) in parameters.enumerated() { setGradient(parameter, seed: UInt64(index)) }
            let norm = adam.step()
            return (norm, parameters.flatMap(\.value.values))
        }
        let (one, many) = (run(threads: 1), run(threads: 5))
        #expect(one.0 == many.0)
        #expect(one.1 == many.1)
    }

    @Test func loadIsStrict() throws {
        let adam = Adam(parameters: [("a", parameter(4))], learningRate: 0.1)
        let other = Adam(parameters: [("a", parameter(5))], learningRate: 0.1)
        let file = try Safetensors(bytes: Safetensors.encode(other.tensors()))
        #expect(throws: StateDictionaryError.wrongShape(name: "a.exp_avg", found: [5], expected: [4])) {
            try adam.load(file)
        }
    }
}
