/// Mean and covariance of a set of feature vectors: all that the Fréchet distance needs, small enough to be kept.
package struct FeatureStatistics: Sendable, Equatable, Codable {
    /// Bounds the covariance matrix; Inception's pool3 has 2048.
    package static let largestDimension = 4096

    package let samples: Int
    /// [dimension]
    package let mean: [Double]
    /// [dimension × dimension], row-major, over samples − 1.
    package let covariance: [Double]

    package var dimension: Int { mean.count }

    /// - Parameter features: [samples × dimension], one vector a row, at least two.
    package init(features: [Float], dimension: Int) throws(EvaluationError) {
        guard dimension >= 1, dimension <= Self.largestDimension else {
            throw EvaluationError(
                "Feature vectors of \(dimension) numbers are not supported; use 1 to \(Self.largestDimension).")
        }
        guard features.count % dimension == 0, features.count / dimension >= 2 else {
            throw EvaluationError(
                "\(features.count) values do not make two or more vectors of \(dimension); a covariance needs two.")
        }
        guard features.allSatisfy({ $0.isFinite }) else {
            throw EvaluationError("A feature is infinite or undefined; the network that computed it has diverged.")
        }
        let samples = features.count / dimension
        var mean = [Double](repeating: 0, count: dimension)
        for row in 0..<samples {
            for j in 0..<dimension { mean[j] += Double(features[row * dimension + j]) }
        }
        for j in 0..<dimension { mean[j] /= Double(samples) }
        self.samples = samples
        self.mean = mean
        covariance = Self.covariance(features, mean: mean, samples: samples)
    }

    private static func covariance(_ features: [Float], mean: [Double], samples: Int) -> [Double] {
        let dimension = mean.count
        var sums = [Double](repeating: 0, count: dimension * dimension)
        var centred = [Double](repeating: 0, count: dimension)
        sums.withUnsafeMutableBufferPointer { sums in
            for row in 0..<samples {
                for j in 0..<dimension { centred[j] = Double(features[row * dimension + j]) - mean[j] }
                centred.withUnsafeBufferPointer { centred in
                    for i in 0..<dimension {
                        let value = centred[i]
                        for j in i..<dimension { sums[i * dimension + j] += value * centred[j] }
                    }
                }
            }
            for i in 0..<dimension {
                for j in i..<dimension {
                    let value = sums[i * dimension + j] / Double(samples - 1)
                    sums[i * dimension + j] = value
                    sums[j * dimension + i] = value
                }
            }
        }
        return sums
    }
}
