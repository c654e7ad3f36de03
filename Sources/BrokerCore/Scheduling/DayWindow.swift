import Wire

/// The times of the day at which a job may run. One that closes before it opens goes over midnight.
///
/// Whether it is open depends on nothing but what the clocks show, and openings and closings are where that changes, so
/// they agree at every instant. What follows where clocks are set: a window that begins or ends at a time that is
/// skipped does so at the first instant after the gap, and times that are shown twice are inside both times or neither.
struct DayWindow: Hashable, Sendable {
    /// Minutes since midnight; never the same.
    let opens: Int
    let closes: Int

    /// A change that is further away than this is only looked for again later; no zone has such a one.
    private static let horizonMS = 8 * LocalTime.dayMS

    /// - Returns: `nil` when any time is fine.
    init?(_ terms: Grove_V1_Terms) {
        guard terms.hasWindow, terms.window.opensMinute != terms.window.closesMinute else { return nil }
        opens = Int(terms.window.opensMinute)
        closes = Int(terms.window.closesMinute)
    }

    func isOpen(at wallMS: Int64, _ time: LocalTime) -> Bool {
        let minute = time.timeOfDay(at: wallMS) / 60_000
        return opens < closes ? (opens..<closes).contains(Int(minute)) : minute >= opens || minute < closes
    }

    /// The first instant, from `wallMS` on, at which it is open.
    func opening(from wallMS: Int64, _ time: LocalTime) -> Int64 {
        isOpen(at: wallMS, time) ? wallMS : change(after: wallMS, time)
    }

    /// The first instant after `wallMS` at which it is no longer open, or closes again.
    func closing(after wallMS: Int64, _ time: LocalTime) -> Int64 {
        change(after: opening(from: wallMS, time), time)
    }

    /// The first instant after `wallMS` at which `isOpen` is not what it is then: where the clocks come to the next edge,
    /// or are set past it before.
    private func change(after wallMS: Int64, _ time: LocalTime) -> Int64 {
        let isOpen = isOpen(at: wallMS, time)
        let edge = Int64(isOpen ? closes : opens) * 60_000
        let horizon = wallMS.addingClamped(Self.horizonMS)
        var instant = wallMS
        repeat {
            let left = edge - time.timeOfDay(at: instant)
            let reached = instant.addingClamped(left > 0 ? left : left + LocalTime.dayMS)
            instant = time.change(after: instant, upTo: reached) ?? reached
        } while self.isOpen(at: instant, time) == isOpen && instant < horizon
        return instant
    }

    /// "19:00"
    var openingText: String {
        let (hour, minute) = (opens / 60, opens % 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }
}
