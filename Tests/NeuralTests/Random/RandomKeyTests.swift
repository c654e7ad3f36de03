import Glibc
import Testing

@testable import Neural

@Suite struct RandomKeyTests {
    private let key = RandomKey(seed: 42, use: 1, step: 2, image: 3)

    @Test func sameKeyRepeats() {
        #expect(key.normals(1001) == RandomKey(seed: 42, use: 1, step: 2, image: 3).normals(1001))
        #expect(key.uniforms(1001) == RandomKey(seed: 42, use: 1, step: 2, image: 3).uniforms(1001))
    }

    @Test func eachPartMakesAnotherSequence() {
        let others = [
            RandomKey(seed: 43, use: 1, step: 2, image: 3), RandomKey(seed: 42 + 1 << 32, use: 1, step: 2, image: 3),
            RandomKey(seed: 42, use: 2, step: 2, image: 3), RandomKey(seed: 42, use: 1, step: 3, image: 3),
            RandomKey(seed: 42, use: 1, step: 2, image: 4),
        ]
        let sequences = ([key] + others).map { $0.normals(64) }
        for first in sequences.indices {
            for second in sequences.indices where second > first {
                let shared = zip(sequences[first], sequences[second]).count { $0 == $1 }
                #expect(shared <= 1, "keys \(first) and \(second) share values")
            }
        }
    }

    @Test(arguments: 0...9)
    func shorterIsThePrefixOfLonger(count: Int) {
        #expect(key.normals(count) == Array(key.normals(64).prefix(count)))
        #expect(key.uniforms(count) == Array(key.uniforms(64).prefix(count)))
    }

    /// Against the mathematics of the system's library; where the last bit of a double decides, a float may be the next one.
    @Test func normalsAreThoseOfBoxAndMuller() {
        let values = key.normals(40_000)
        for block in 0..<10_000 {
            let words = key.words(block: UInt32(block))
            for (place, word, turn) in [(0, words.x, words.y), (2, words.z, words.w)] {
                let radius = (-2 * log((Double(word) + 1) * 0x1p-32)).squareRoot()
                let angle = 2 * Double.pi * Double(turn) * 0x1p-32
                for (offset, expected) in [(0, Float(radius * cos(angle))), (1, Float(radius * sin(angle)))] {
                    let value = values[4 * block + place + offset]
                    #expect((value - expected).magnitude <= expected.ulp, "block \(block), word \(place + offset)")
                }
            }
        }
    }

    /// Bounds are five standard errors of each moment's estimate, the seed is fixed.
    @Test func normalMoments() {
        let count = 400_000
        let values = key.normals(count).map(Double.init)
        func moment(_ power: Int) -> Double {
            values.reduce(0) { sum, value in sum + (0..<power).reduce(1) { product, _ in product * value } }
                / Double(count)
        }
        let error = 5 / Double(count).squareRoot()
        #expect(moment(1).magnitude < error)
        #expect((moment(2) - 1).magnitude < error * 2.0.squareRoot())
        #expect(moment(3).magnitude < error * 15.0.squareRoot())
        #expect((moment(4) - 3).magnitude < error * 96.0.squareRoot())
        let neighbours = zip(values, values.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / Double(count)
        #expect(neighbours.magnitude < error)
        #expect(values.allSatisfy { $0.isFinite && $0.magnitude < 6.7 })
    }

    @Test func uniformMoments() {
        let count = 400_000
        let values = key.uniforms(count)
        #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
        let error = 5 / Double(count).squareRoot()
        let mean = values.reduce(0) { $0 + Double($1) } / Double(count)
        #expect((mean - 0.5).magnitude < error * (1.0 / 12).squareRoot())
        for decile in 0..<10 {
            let share = Double(values.count { Int($0 * 10) == decile }) / Double(count)
            #expect((share - 0.1).magnitude < error * 0.3)
        }
    }

    @Test(arguments: [0, 1, 2, 3, 100, 1000])
    func permutationHoldsEachIndexOnce(count: Int) {
        let order = key.permutation(count)
        #expect(order.sorted() == Array(0..<count))
        #expect(order == key.permutation(count))
        if count >= 100 {
            #expect(order != Array(0..<count))
            #expect(order != RandomKey(seed: 7, use: 1).permutation(count))
        }
    }

    /// All 24 orders of four come up about as often: chi-squared with 23 degrees stays below its 1e-6 quantile.
    @Test func permutationsAreUniform() {
        let draws = 24_000
        var counts: [[Int]: Double] = [:]
        for step in 0..<draws {
            counts[RandomKey(seed: 5, use: 9, step: UInt32(step)).permutation(4), default: 0] += 1
        }
        let expected = Double(draws) / 24
        let statistic = counts.values.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
        #expect(counts.count == 24)
        #expect(statistic < 73)
    }

    @Test func integersStayBelowTheirBound() {
        let values = key.integers(10_000, below: 7)
        #expect(Set(values) == Set(0..<7))
        #expect(key.integers(10, below: 1) == Array(repeating: 0, count: 10))
    }
}
