/// Pauses that double from `first` to `longest`, each moved by up to `jitter` of itself, so that peers which lost the
/// same broker do not come back in step.
package struct Backoff: Sendable {
    package var first: Duration
    package var longest: Duration
    /// A share of the pause, 0 to 1.
    package var jitter: Double
    /// The state of the random numbers; a seed gives the same pauses again.
    private var random: UInt64

    package init(
        first: Duration = .milliseconds(100), longest: Duration = .seconds(5), jitter: Double = 0.2, seed: UInt64
    ) {
        precondition(first > .zero && longest >= first, "a back-off needs 0 < first <= longest")
        precondition((0...1).contains(jitter), "a back-off's jitter is a share, 0 to 1")
        (self.first, self.longest, self.jitter, random) = (first, longest, jitter, seed)
    }

    /// The pause after the failure with this number, counted from 1.
    package mutating func pause(afterFailure number: Int) -> Duration {
        // 2^20 times any first pause is beyond any longest one that makes sense.
        let doublings = min(max(number - 1, 0), 20)
        let pause = min(first * (1 << doublings), longest)
        return pause * (1 + jitter * (2 * nextUnit() - 1))
    }

    /// SplitMix64, as a number from 0 to 1.
    private mutating func nextUnit() -> Double {
        random &+= 0x9e37_79b9_7f4a_7c15
        var z = random
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return Double((z ^ z >> 31) >> 11) / Double(1 << 53)
    }
}
