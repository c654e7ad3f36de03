import Glibc

/// The real Fourier transform of one axis as matrices: cosines of 0 ... period / 2, then the sines that are not zero.
struct SpectralBasis: ~Copyable {
    let period: Int
    /// The cosine of each part of a turn, then the sines.
    private let circle: Scratch

    init(period: Int) {
        self.period = period
        circle = Scratch(doubles: 2 * period)
        for part in 0..<period {
            let angle = 2 * Double.pi * Double(part) / Double(period)
            circle.doubles[part] = cos(angle)
            circle.doubles[period + part] = sin(angle)
        }
    }

    /// `[period, count]`: from `count` values, the rest of the period being zero.
    func forward(_ count: Int) -> Scratch {
        let matrix = Scratch(period * count)
        for row in 0..<period {
            for position in 0..<count { matrix.data[row * count + position] = Float(wave(row, at: position)) }
        }
        return matrix
    }

    /// `[count, period]`: to the values at `first ..< first + count`, which may be negative.
    ///
    /// - Parameter isHalf: whether the waves stand for themselves and for their mirror images beyond half the period.
    func backward(_ count: Int, first: Int, isHalf: Bool) -> Scratch {
        let matrix = Scratch(period * count)
        for column in 0..<period {
            let frequency = frequency(column)
            let hasMirror = frequency > 0 && 2 * frequency != period
            let weight = (isHalf && hasMirror ? 2.0 : 1.0) / Double(period)
            for row in 0..<count {
                matrix.data[row * period + column] = Float(weight * wave(column, at: first + row))
            }
        }
        return matrix
    }

    private func frequency(_ index: Int) -> Int { index <= period / 2 ? index : index - period / 2 }

    private func wave(_ index: Int, at position: Int) -> Double {
        let part = frequency(index) * (position + period) % period
        return circle.doubles[index <= period / 2 ? part : period + part]
    }
}
