import Testing

@testable import Neural

@Suite struct ExponentialMovingAverageTests {
    private let parameter = Parameter(Tensor([2], [1, -2], requiresGradient: true), layout: .vector)

    private func average(decay: Double, warmUp: Bool) -> ExponentialMovingAverage {
        ExponentialMovingAverage(parameters: [("a", parameter)], decay: decay, warmUp: warmUp)
    }

    @Test func startsAsACopy() {
        #expect(average(decay: 0.5, warmUp: false).average(of: "a")?.values == [1, -2])
        #expect(average(decay: 0.5, warmUp: false).average(of: "b") == nil)
    }

    @Test func movesByItsShare() {
        let average = average(decay: 0.75, warmUp: false)
        parameter.value.data[0] = 5
        average.update()
        #expect(average.average(of: "a")?.values == [2, -2])
    }

    @Test func warmUpRaisesTheDecay() {
        let average = average(decay: 0.5, warmUp: true)
        var decays: [Double] = []
        for _ in 0..<10 {
            decays.append(average.nextDecay)
            average.update()
        }
        for (k, decay) in decays.enumerated() {
            #expect(decay == min(0.5, Double(1 + k) / Double(10 + k)))
        }
        #expect(decays[0] == 0.1 && decays[9] == 0.5)
        #expect(average.updates == 10)
    }

    @Test func warmUpForgetsTheStart() throws {
        let average = average(decay: 0.9999, warmUp: true)
        parameter.value.data[0] = 3
        parameter.value.data[1] = 3
        for _ in 0..<200 { average.update() }
        let values = try #require(average.average(of: "a")?.values)
        #expect(values.allSatisfy { ($0 - 3).magnitude < 1e-4 })
    }

    @Test func exchangeTwiceUndoes() {
        let average = average(decay: 0.75, warmUp: false)
        parameter.value.data[0] = 5
        average.update()
        average.exchange()
        #expect(parameter.value.values == [2, -2])
        #expect(average.average(of: "a")?.values == [5, -2])
        average.exchange()
        #expect(parameter.value.values == [5, -2])
    }

    @Test func checkpointBringsTheWarmUpBack() throws {
        let first = average(decay: 0.9, warmUp: true)
        parameter.value.data[0] = 5
        for _ in 0..<3 { first.update() }
        let file = try Safetensors(bytes: Safetensors.encode(first.tensors(prefix: "ema.")))
        let second = average(decay: 0.9, warmUp: true)
        try second.load(file, updates: first.updates, prefix: "ema.")
        first.update()
        second.update()
        #expect(first.average(of: "a")?.values == second.average(of: "a")?.values)
    }
}
