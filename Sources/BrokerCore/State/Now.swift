/// The time of one turn, read once by the loop and handed in everywhere.
package struct Now: Hashable, Sendable {
    /// Since any fixed instant, on a clock that never jumps: what leases and deadlines are counted on.
    package var monotonic: Duration
    /// Since 1970: what is written down for people.
    package var wallMS: Int64

    package init(monotonic: Duration, wallMS: Int64) {
        self.monotonic = monotonic
        self.wallMS = wallMS
    }
}
