/// The time of one turn, read once by the loop and handed in everywhere.
package struct Now: Hashable, Sendable {
    /// Since any fixed instant, on a clock that never jumps: what leases and deadlines are counted on.
    package var monotonic: Duration
    /// Milliseconds since 1970: what is written down for people. A clock that is set wrong may show any time, also one
    /// before 1970; what no calendar has is cut off, so that sums with it fit.
    package var wallMS: Int64 {
        didSet { wallMS = Self.bounded(wallMS) }
    }

    /// The years 1 to 9999.
    private static let calendar: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    package init(monotonic: Duration, wallMS: Int64) {
        self.monotonic = monotonic
        self.wallMS = Self.bounded(wallMS)
    }

    private static func bounded(_ wallMS: Int64) -> Int64 {
        min(max(wallMS, calendar.lowerBound), calendar.upperBound)
    }
}
