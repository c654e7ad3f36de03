import Testing

@testable import Models

@Suite struct SymmetricEigenTests {
    @Test(arguments: [1, 2, 3, 4, 7, 20, 65])
    func decompositionRebuildsTheMatrix(size: Int) throws {
        var random = SmallRandom(state: UInt64(size))
        var matrix = [Double](repeating: 0, count: size * size)
        for i in 0..<size {
            for j in 0...i {
                matrix[i * size + j] = random.uniform() - 0.5
                matrix[j * size + i] = matrix[i * size + j]
            }
        }
        let eigen = try SymmetricEigen(matrix, size: size, withVectors: true)
        let scale = Double(size)
        for i in 0..<size {
            for j in 0..<size {
                var rebuilt = 0.0
                var product = 0.0
                for k in 0..<size {
                    rebuilt += eigen.vectors[k * size + i] * eigen.values[k] * eigen.vectors[k * size + j]
                    product += eigen.vectors[i * size + k] * eigen.vectors[j * size + k]
                }
                #expect(abs(rebuilt - matrix[i * size + j]) < 1e-14 * scale)
                #expect(abs(product - (i == j ? 1 : 0)) < 1e-14 * scale)
            }
        }
        let without = try SymmetricEigen(matrix, size: size, withVectors: false)
        #expect(without.vectors.isEmpty)
        for (a, b) in zip(without.values.sorted(), eigen.values.sorted()) {
            #expect(abs(a - b) < 1e-14 * scale)
        }
    }

    @Test func knownSpectra() throws {
        // Second differences with fixed ends: 2 − 2 cos(kπ / (n + 1)).
        let size = 12
        var matrix = [Double](repeating: 0, count: size * size)
        for i in 0..<size {
            matrix[i * size + i] = 2
            if i > 0 {
                matrix[i * size + i - 1] = -1
                matrix[(i - 1) * size + i] = -1
            }
        }
        let values = try SymmetricEigen(matrix, size: size, withVectors: false).values.sorted()
        #expect(abs(values[0] - 0.058_116_365_147_895_976) < 1e-14)
        #expect(abs(values[size - 1] - 3.941_883_634_852_104) < 1e-14)
        // Rank one, and nothing at all.
        let ones = try SymmetricEigen([Double](repeating: 1, count: 81), size: 9, withVectors: false).values.sorted()
        #expect(abs(ones[8] - 9) < 1e-13 && abs(ones[0]) < 1e-13 && abs(ones[7]) < 1e-13)
        let zero = try SymmetricEigen([Double](repeating: 0, count: 25), size: 5, withVectors: true)
        #expect(zero.values.allSatisfy { $0 == 0 })
    }

    @Test(arguments: [1e-200, 1e-12, 1e12, 1e200])
    func extremeScalesConverge(scale: Double) throws {
        let matrix = [4.0, 1, -2, 1, 2, 0, -2, 0, 3].map { $0 * scale }
        let trace = try SymmetricEigen(matrix, size: 3, withVectors: false).values.reduce(0, +)
        #expect(abs(trace / scale - 9) < 1e-12)
    }

    @Test func undefinedEntriesAreRefused() {
        #expect(throws: EvaluationError.self) { try SymmetricEigen([.nan], size: 1, withVectors: false) }
        #expect(throws: EvaluationError.self) {
            try SymmetricEigen([1, .infinity, .infinity, 1], size: 2, withVectors: true)
        }
    }
}
