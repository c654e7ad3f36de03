import Testing

@testable import Calls

@Suite("Pauses between tries")
struct BackoffTests {
    @Test("double up to the longest and stay within their jitter")
    func doubling() {
        var backoff = Backoff(seed: 7)
        let expected = [100, 200, 400, 800, 1600, 3200, 5000, 5000]
        for (index, milliseconds) in expected.enumerated() {
            let pause = backoff.pause(afterFailure: index + 1)
            let middle = Duration.milliseconds(milliseconds)
            #expect(pause >= middle * 0.8 && pause <= middle * 1.2)
        }
    }

    @Test("differ between seeds and repeat for the same seed")
    func seeds() {
        func pauses(_ seed: UInt64) -> [Duration] {
            var backoff = Backoff(seed: seed)
            return (1...4).map { backoff.pause(afterFailure: $0) }
        }
        #expect(pauses(1) == pauses(1))
        #expect(pauses(1) != pauses(2))
    }

    @Test("a very long series of failures does not overflow")
    func manyFailures() {
        var backoff = Backoff(seed: 1)
        #expect(backoff.pause(afterFailure: .max) <= .seconds(6))
        #expect(backoff.pause(afterFailure: 0) <= .milliseconds(120))
    }
}
