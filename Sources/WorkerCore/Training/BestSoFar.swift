import Models

/// Which checkpoint of a run is the best: the one with the lowest mean score of the steps since the checkpoint before it.
///
/// Scores of different stages cannot be compared, so every stage begins anew; the best of a run is that of its last
/// stage.
package struct BestSoFar: Codable, Equatable, Sendable {
    private var stage = ""
    private var sum = 0.0
    private var count = 0
    private var best: Double?

    package init() {}

    /// Whether it can be gone on with: it may come from a file.
    package var isWhole: Bool { (0...1 << 48).contains(count) }

    package mutating func add(_ step: TrainingProgress) {
        if step.stage != stage { (stage, sum, count, best) = (step.stage, 0, 0, nil) }
        sum += step.score
        count += 1
    }

    /// Closes the steps since the last checkpoint. Answers whether the one that is written now is the best.
    package mutating func close() -> Bool {
        guard count > 0 else { return false }
        let mean = sum / Double(count)
        (sum, count) = (0, 0)
        if let best, best <= mean { return false }
        best = mean
        return true
    }
}
