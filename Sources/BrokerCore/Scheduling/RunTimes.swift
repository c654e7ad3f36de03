/// How long jobs of each kind have taken lately, for estimates.
struct RunTimes: Sendable {
    private var averages: [String: Double] = [:]

    /// The weight of the newest job.
    private static let weight = 0.2

    mutating func add(_ kind: String, seconds: Double) {
        averages[kind] = averages[kind].map { $0 + Self.weight * (seconds - $0) } ?? seconds
    }

    /// In seconds; `nil` when no job of the kind has succeeded yet.
    subscript(kind: String) -> Double? { averages[kind] }
}
