/// The numbers of lanes, so that a job costs no look at their table. Forgotten whenever something is taken back, for a lane
/// that was made then may not be there.
final class LaneNumbers {
    private var numbers: [LaneKey: Int64] = [:]

    private static let most = 10_000

    subscript(key: LaneKey) -> Int64? { numbers[key] }

    func remember(_ key: LaneKey, _ number: Int64) {
        if numbers.count >= Self.most { forget() }
        numbers[key] = number
    }

    func forget() { numbers = [:] }
}
