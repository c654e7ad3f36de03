import Testing

@testable import Models

@Suite struct OptimalAssignmentTests {
    /// Every permutation of small matrices; small integer costs make many ties.
    @Test(arguments: 1...6)
    func noPermutationIsCheaper(size: Int) {
        var random = SmallRandom(state: UInt64(size))
        for _ in 0..<30 {
            let cost = (0..<(size * size)).map { _ in Double(random.below(12)) }
            let columns = OptimalAssignment.minimise(cost: cost, size: size)
            #expect(Set(columns) == Set(0..<size))
            let total = columns.enumerated().reduce(0) { $0 + cost[$1.offset * size + $1.element] }
            #expect(total == Self.cheapest(cost, size: size, row: 0, used: []))
        }
    }

    static func cheapest(_ cost: [Double], size: Int, row: Int, used: Set<Int>) -> Double {
        guard row < size else { return 0 }
        return (0..<size).filter { !used.contains($0) }
            .map { cost[row * size + $0] + cheapest(cost, size: size, row: row + 1, used: used.union([$0])) }
            .min() ?? 0
    }

    @Test func nothingToAssign() {
        #expect(OptimalAssignment.minimise(cost: [], size: 0) == [])
    }
}
