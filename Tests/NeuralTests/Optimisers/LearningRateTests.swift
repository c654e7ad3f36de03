import Testing

@testable import Neural

@Suite struct LearningRateTests {
    @Test func risesFromZero() {
        #expect((0..<6).map { LearningRate.warmedUp(8, step: $0, over: 4) } == [0, 2, 4, 6, 8, 8])
        #expect(LearningRate.warmedUp(8, step: 0, over: 0) == 8)
    }
}
