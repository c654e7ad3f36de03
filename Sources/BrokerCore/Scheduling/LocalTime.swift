#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The broker's time zone: how far its clocks are ahead of UTC at an instant, both in milliseconds.
package struct LocalTime: Sendable {
    package var offsetMS: @Sendable (_ wallMS: Int64) -> Int64

    package init(offsetMS: @escaping @Sendable (Int64) -> Int64) {
        self.offsetMS = offsetMS
    }

    /// As the system says (`TZ`, `/etc/localtime`).
    package static let system = LocalTime { wallMS in
        var seconds = time_t(wallMS / 1000)
        var parts = tm()
        // Only a year that does not fit makes it fail; then UTC is as good as anything.
        guard localtime_r(&seconds, &parts) != nil else { return 0 }
        return Int64(parts.tm_gmtoff) * 1000
    }

    static let dayMS: Int64 = 24 * 3600 * 1000

    /// Minutes since midnight.
    func minute(at wallMS: Int64) -> Int {
        let local = wallMS + offsetMS(wallMS)
        return Int((local - Self.midnight(local)) / 60_000)
    }

    /// The first instant after `wallMS` at which clocks show so many minutes since midnight. Where a change of the clocks
    /// leaves that time out, it is within an hour of it.
    func next(minute: Int, after wallMS: Int64) -> Int64 {
        let local = wallMS + offsetMS(wallMS)
        let today = Self.midnight(local) + Int64(minute) * 60_000
        let wanted = today > local ? today : today + Self.dayMS
        let estimate = wanted - offsetMS(wallMS)
        return max(wanted - offsetMS(estimate), wallMS + 1)
    }

    private static func midnight(_ local: Int64) -> Int64 {
        let day = local / dayMS - (local % dayMS < 0 ? 1 : 0)
        return day * dayMS
    }
}
