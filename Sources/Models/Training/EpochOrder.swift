import Neural

/// The order in which a training visits its images: every epoch has one of its own.
struct EpochOrder {
    private let count: Int
    private var key: RandomKey?
    private var positions: [Int] = []

    init(of count: Int) { self.count = count }

    /// The images at some places of an epoch's order.
    ///
    /// - Parameter key: names the epoch.
    mutating func images(at places: Range<Int>, of key: RandomKey) -> ArraySlice<Int> {
        if self.key != key { (self.key, positions) = (key, key.permutation(count)) }
        return positions[places]
    }
}
