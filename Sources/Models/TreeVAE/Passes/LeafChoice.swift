import Neural

/// How one leaf is chosen for an image.
package enum LeafChoice: String, Sendable, Codable {
    /// Drawn with the leaves' probabilities, as the authors' code does.
    case sample
    /// The most probable leaf.
    case argmax

    /// One leaf an image.
    ///
    /// - Parameters:
    ///   - probabilities: `[N, L]`.
    ///   - step: of the key, for draws that must differ between training steps.
    ///   - images: the identity of each image, so that its draw does not depend on its company.
    package func choose(_ probabilities: Tensor, seed: UInt64, step: UInt32 = 0, images: [UInt32]) -> [Int] {
        var leaves: [Int] = []
        appendChoices(to: &leaves, probabilities, seed: seed, step: step, images: images)
        return leaves
    }

    /// The same, to an empty list whose memory is there already.
    func appendChoices(
        to leaves: inout [Int], _ probabilities: Tensor, seed: UInt64, step: UInt32, images: [UInt32]
    ) {
        let count = probabilities.channels
        for (row, image) in images.enumerated() {
            let values = UnsafeBufferPointer(start: probabilities.data + row * count, count: count)
            switch self {
            case .argmax: leaves.append(Self.largest(values))
            case .sample:
                var stream = RandomKey(seed: seed, use: TreeRandomUse.leaf, step: step, image: image).stream()
                leaves.append(Self.draw(values, at: stream.uniform()))
            }
        }
    }

    /// The first index of the largest value.
    static func largest(_ values: UnsafeBufferPointer<Float>) -> Int {
        values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
    }

    /// The first leaf at which the running sum passes the share `uniform` of the total.
    private static func draw(_ values: UnsafeBufferPointer<Float>, at uniform: Float) -> Int {
        let threshold = uniform * values.reduce(0, +)
        var sum: Float = 0
        for index in values.indices {
            sum += values[index]
            if sum > threshold { return index }
        }
        return largest(values)
    }
}
