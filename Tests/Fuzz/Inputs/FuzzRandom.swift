/// Random numbers that a seed gives again (SplitMix64).
struct FuzzRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    /// A number from 0 up to, not including, `bound`; 0 where there is no room.
    mutating func below(_ bound: Int) -> Int { bound > 0 ? Int.random(in: 0..<bound, using: &self) : 0 }

    /// True with a chance of one in `count`.
    mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

    /// - Precondition: there is something to choose from.
    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }

    /// Mostly small, sometimes up to `limit`.
    mutating func length(_ limit: Int) -> Int {
        oneIn(50) ? below(limit + 1) : below(min(limit, oneIn(4) ? 400 : 12) + 1)
    }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
}
