/// Arithmetic for times that come from a peer, a file or a clock. A sum that does not fit would end the process; here it
/// stays at the end of the range, which as a time means the same: never, or always.
extension Int64 {
    package func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    package func subtractingClamped(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }

    /// The greatest multiple of a positive `step` that is not above it; before 1970, too.
    package func floored(to step: Int64) -> Int64 {
        let remainder = self % step
        return subtractingClamped(remainder < 0 ? remainder + step : remainder)
    }
}
