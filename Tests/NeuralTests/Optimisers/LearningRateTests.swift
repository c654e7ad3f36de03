import Testing

@testable import Neural

@Suite struct LearningRateTests {
    @Test func risesFromZero() {
        #expect((0..<6).map { LearningRate.warmedUp(8, step: $0, over: 4) } == [0, 2, 4, 6, 8, 8])
        #expect(LearningRate.warmedUp(8, step: 0, over: 0) == 8)
    }

    @Test func fallsAlongHalfACosine() {
        let rates = (0...4).map { LearningRate.cosine(8, step: $0, over: 4) }
        for (rate, expected) in zip(rates, [8, 4 + 8.0.squareRoot(), 4, 4 - 8.0.squareRoot(), 0]) {
            #expect(abs(rate - expected) < 1e-12)
        }
    }
}
