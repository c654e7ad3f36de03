/// A key's sequence read from its start, word by word.
package struct RandomStream: Sendable {
    private let key: RandomKey
    private var block: UInt32 = 0
    private var words = SIMD4<UInt32>()
    private var used = 4

    init(key: RandomKey) { self.key = key }

    /// The next 32 random bits.
    package mutating func word() -> UInt32 {
        if used == 4 {
            words = key.words(block: block)
            block &+= 1
            used = 0
        }
        defer { used += 1 }
        return words[used]
    }

    /// The next value uniform on [0, 1).
    package mutating func uniform() -> Float { RandomKey.uniform(word()) }

    /// The next integer uniform on `0 ..< bound`, without bias: Lemire, "Fast random integer generation in an
    /// interval" (2019), which throws away the few words that would favour some results.
    package mutating func integer(below bound: Int) -> Int {
        precondition(bound > 0 && bound <= Int(UInt32.max), "RandomStream: \(bound) is not a bound in 1 ... 2³² - 1")
        let bound = UInt32(bound)
        let threshold = (0 &- bound) % bound
        while true {
            let product = word().multipliedFullWidth(by: bound)
            if product.low >= threshold { return Int(product.high) }
        }
    }
}
