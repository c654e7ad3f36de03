import Testing

@testable import Models

@Suite struct FrechetDistanceTests {
    static func features(samples: Int, dimension: Int, seed: UInt64, offset: Float = 0) -> [Float] {
        var random = SmallRandom(state: seed)
        return (0..<(samples * dimension)).map { _ in Float(random.uniform() + random.uniform()) + offset }
    }

    @Test func aSetIsAtNoDistanceFromItself() throws {
        for samples in [5, 200] {  // Fewer samples than features: a singular covariance.
            let a = Self.features(samples: samples, dimension: 12, seed: 3)
            #expect(try frechetDistance(a, a, dimension: 12) < 1e-6)
        }
    }

    /// In one dimension the distance is (m₁ − m₂)² + (s₁ − s₂)².
    @Test func oneDimension() throws {
        let distance = try frechetDistance([0, 2], [10, 14, 18], dimension: 1)
        let expected = 13.0 * 13.0 + (2.0.squareRoot() - 4) * (2.0.squareRoot() - 4)
        #expect(abs(distance - expected) < 1e-12)
    }

    /// A shift of every feature by c changes only the means: dimension · c².
    @Test func aShiftOfAllFeatures() throws {
        let a = Self.features(samples: 300, dimension: 8, seed: 5)
        let distance = try frechetDistance(a, a.map { $0 + 0.5 }, dimension: 8)
        #expect(abs(distance - 2) < 1e-5)
    }

    @Test func itIsSymmetric() throws {
        let a = Self.features(samples: 40, dimension: 30, seed: 1)
        let b = Self.features(samples: 20, dimension: 30, seed: 2, offset: 0.1)
        let forward = try frechetDistance(a, b, dimension: 30)
        let backward = try frechetDistance(b, a, dimension: 30)
        #expect(forward > 0 && abs(forward - backward) < 1e-6 * forward)
    }

    @Test func covarianceDividesBySamplesMinusOne() throws {
        let statistics = try FeatureStatistics(features: [0, 0, 2, 4], dimension: 2)
        #expect(statistics.mean == [1, 2])
        #expect(statistics.covariance == [2, 4, 4, 8])
    }

    @Test func wrongFeaturesAreRefused() throws {
        #expect(throws: EvaluationError.self) { try FeatureStatistics(features: [1, 2, 3], dimension: 2) }
        #expect(throws: EvaluationError.self) { try FeatureStatistics(features: [1, 2], dimension: 2) }
        #expect(throws: EvaluationError.self) { try FeatureStatistics(features: [], dimension: 2) }
        #expect(throws: EvaluationError.self) { try FeatureStatistics(features: [1, 2], dimension: 0) }
        #expect(throws: EvaluationError.self) { try FeatureStatistics(features: [1, .nan], dimension: 1) }
        #expect(throws: EvaluationError.self) { try FeatureStatistics(features: [1, 2], dimension: 1 << 40) }
        #expect(throws: EvaluationError.self) { try frechetDistance([1, 2], [1, 2, 3, 4], dimension: 2) }
    }
}
