import Models
import Neural
import TestSupport
import Testing

/// The constants of the process and its steps against values computed from the authors' formulas in double precision.
@Suite struct DiffusionScheduleTests {
    private let schedule = DiffusionSchedule.linear()

    @Test func constants() {
        let expected: [(Int, Double)] = [(0, 0.9999), (1, 0.9997800921), (500, 0.07779665477), (999, 4.035830679e-05)]
        for (t, value) in expected {
            expectClose(schedule.alphaBar[t], value, relative: 1e-8, "alpha bar \(t)")
        }
        expectClose(schedule.signal(999), 0.006352818807, relative: 1e-9, "signal")
        expectClose(schedule.noise(999), 0.9999798206, relative: 1e-9, "noise")
        expectClose(schedule.posteriorVariance[1], 5.453187542e-05, relative: 1e-9, "posterior variance 1")
        expectClose(schedule.posteriorVariance[500], 0.01005133508, relative: 1e-9, "posterior variance 500")
        expectClose(schedule.posteriorMeanOfStart[1], 0.5452915013, relative: 1e-9, "c1")
        expectClose(schedule.posteriorMeanOfCurrent[1], 0.4547084972, relative: 1e-9, "c2")
    }

    @Test func forwardProcess() {
        let x = schedule.noised(Tensor([1, 1], [0.25]), at: [500], noise: Tensor([1, 1], [-1]))
        expectClose(Double(x.item()), -0.8905841, relative: 1e-6, "x_500")
    }

    @Test func secondFormulationAddsTheTreesImage() {
        let (image, noise) = (Tensor([2, 1], [0.25, 0.5]), Tensor([2, 1], [-1, 0.5]))
        let plain = schedule.noised(image, at: [500, 3], noise: noise).values
        let shifted = schedule.noised(
            image, at: [500, 3], noise: noise, reconstruction: Tensor([2, 1], [0.5, -0.25]))
        expectClose(shifted.values, [plain[0] + 0.5, plain[1] - 0.25], relativeToMax: 1e-6, "x_t")
    }

    @Test func timestepEmbedding() {
        let values = TimestepEmbedding.tensor([1, 500], size: 64, in: .inference).values
        expectClose(Array(values[0..<3]), [0.5403023, 0.7317610, 0.8460091], relativeToMax: 1e-6, "cosines of 1")
        expectClose(Array(values[32..<35]), [0.8414710, 0.6815614, 0.5331684], relativeToMax: 1e-6, "sines of 1")
        expectClose([values[31], values[63]], [1, 1.33352e-4], relativeToMax: 1e-6, "the longest period")
        expectClose(
            Array(values[64..<67]), [-0.8838493, -0.4557450, -0.0018882], relativeToMax: 1e-6, "cosines of 500")
    }

    @Test(arguments: [(100, 96), (50, 49), (250, 230), (8, 8), (1, 1)])
    func quadraticStepsCollapse(asked: Int, kept: Int) throws {
        let spaced = try schedule.respaced(.quad, steps: asked)
        #expect(spaced.count == kept)
        #expect(spaced.timesteps.last == (asked == 1 ? 0 : 800))
    }

    /// Where no even stride gives so many, strides differ by one.
    @Test func everyNumberOfUniformStepsIsPossible() throws {
        #expect(try schedule.respaced(.uniform, steps: 50).timesteps == Array(stride(from: 0, to: 1000, by: 20)))
        for steps in 1...schedule.count {
            let spaced = try schedule.respaced(.uniform, steps: steps).timesteps
            #expect(spaced.count == steps && spaced[0] == 0 && spaced[steps - 1] < schedule.count)
            #expect(zip(spaced, spaced.dropFirst()).allSatisfy { $0 < $1 })
        }
        let strides = try schedule.respaced(.uniform, steps: 300).timesteps
        #expect(Set(zip(strides, strides.dropFirst()).map { $1 - $0 }) == [3, 4])
        #expect(throws: DiffusionError.self) { try schedule.respaced(.truncated, steps: 1001) }
        #expect(throws: DiffusionError.self) { try schedule.respaced(.truncated, steps: 0) }
    }

    @Test func respacedProcessKeepsItsSignal() throws {
        let spaced = try schedule.respaced(.uniform, steps: 10)
        for (index, t) in spaced.timesteps.enumerated() {
            expectClose(spaced.alphaBar[index], schedule.alphaBar[t], relative: 1e-12, "alpha bar \(t)")
        }
    }
}
