extension [Duration] {
    /// The time that this part of all (0…1) does not exceed, in milliseconds; NaN of none.
    package func percentileMS(_ part: Double) -> Double {
        guard !isEmpty else { return .nan }
        let index = Int((Double(count - 1) * part).rounded(.up))
        return sorted()[index] / .milliseconds(1)
    }
}
