/// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
/// 1, 2, 3" (SC 2011): ten rounds of multiply, swap and xor turn a counter and a key into four random words.
enum Philox {
    /// The four random words that belong to `counter` under `key`.
    @inline(__always)
    static func words(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var counter = counter
        var key = key
        for _ in 0..<10 {
            let left = counter.x.multipliedFullWidth(by: 0xD251_1F53)
            let right = counter.z.multipliedFullWidth(by: 0xCD9E_8D57)
            counter = SIMD4(right.high ^ counter.y ^ key.x, right.low, left.high ^ counter.w ^ key.y, left.low)
            // Weyl sequences: the golden ratio and the square root of three minus one.
            key = SIMD2(key.x &+ 0x9E37_79B9, key.y &+ 0xBB67_AE85)
        }
        return counter
    }
}
