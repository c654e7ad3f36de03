/// Sizes and channels that change by equal steps from one end of a network to the other.
package enum LinearSteps {
    /// `count` values spaced evenly from `first` to `last`, both included, each rounded down.
    package static func floored(from first: Int, to last: Int, count: Int) -> [Int] {
        let step = Double(last - first) / Double(count - 1)
        return (0..<count).map { index in
            index == count - 1 ? last : Int((Double(index) * step + Double(first)).rounded(.down))
        }
    }
}
