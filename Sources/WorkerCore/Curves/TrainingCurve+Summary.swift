import Wire

extension TrainingCurve {
    /// The loss in at most 120 points, each the mean of an equal share of the steps: for every progress report.
    package var summary: Grove_V1_Curve {
        var summary = Grove_V1_Curve()
        guard let first = points.first, let last = points.last else { return summary }
        summary.firstStep = UInt64(clamping: first.step)
        summary.lastStep = UInt64(clamping: last.step)
        let count = min(points.count, Self.summaryPoints)
        summary.values = (0..<count).compactMap { index in
            let share = points[(index * points.count / count)..<((index + 1) * points.count / count)]
            let losses = share.compactMap { $0.values.first ?? nil }
            return losses.isEmpty ? nil : Float(losses.reduce(0, +) / Double(losses.count))
        }
        return summary
    }

    private static let summaryPoints = 120
}
