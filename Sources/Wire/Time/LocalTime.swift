#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A time zone: what its clocks show at an instant, and the instant at which they show something. Both are in milliseconds
/// since 1970, an instant by UTC and a local time by the clocks of the zone.
package struct LocalTime: Sendable {
    /// How far the clocks are ahead of UTC at an instant. Everything else follows from this.
    package let offsetMS: @Sendable (_ wallMS: Int64) -> Int64

    package init(offsetMS: @escaping @Sendable (Int64) -> Int64) {
        self.offsetMS = offsetMS
    }

    /// The zone of this machine (`TZ`, `/etc/localtime`), by the rules of the system's time zone database.
    package static let system = LocalTime { wallMS in
        var seconds = time_t(wallMS.floored(to: 1000) / 1000)
        var parts = tm()
        // Only a year that does not fit makes it fail; then UTC is as good as anything.
        guard localtime_r(&seconds, &parts) != nil else { return 0 }
        return Int64(parts.tm_gmtoff) * 1000
    }

    package static let dayMS: Int64 = 24 * 3600 * 1000

    package func local(at wallMS: Int64) -> Int64 { wallMS.addingClamped(offsetMS(wallMS)) }

    /// Milliseconds since midnight by the clocks, 0 up to a day.
    package func timeOfDay(at wallMS: Int64) -> Int64 {
        let local = local(at: wallMS)
        return local - local.floored(to: Self.dayMS)
    }

    /// The first instant at which the clocks show this time or a later one. A time that they skip is therefore the first
    /// instant after the gap, and one that they show twice is the earlier of the two.
    package func instant(showing local: Int64) -> Int64 {
        // No zone is a day away from UTC.
        var instant = local.subtractingClamped(Self.dayMS)
        while true {
            let reached = max(instant, local.subtractingClamped(offsetMS(instant)))
            guard let change = change(after: instant, upTo: reached) else { return reached }
            instant = change
        }
    }

    /// When the clocks are set next.
    /// - Parameter end: at most two days after `start`: nowhere were clocks ever set twice within four days, so it is enough
    ///   to compare the offsets at the ends.
    /// - Returns: the first instant at which they show something else than they would have; `nil` when that is after `end`.
    package func change(after start: Int64, upTo end: Int64) -> Int64? {
        let offset = offsetMS(start)
        guard offsetMS(end) != offset else { return nil }
        var (before, after) = (start, end)
        while after - before > 1 {
            let middle = before + (after - before) / 2
            if offsetMS(middle) == offset { before = middle } else { after = middle }
        }
        return after
    }
}
