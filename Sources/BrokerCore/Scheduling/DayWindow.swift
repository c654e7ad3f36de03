import Wire

/// The times of the day at which a job may run. One that closes before it opens goes over midnight.
struct DayWindow: Hashable, Sendable {
    /// Minutes since midnight; never the same.
    let opens: Int
    let closes: Int

    /// - Returns: `nil` when any time is fine.
    init?(_ terms: Grove_V1_Terms) {
        guard terms.hasWindow, terms.window.opensMinute != terms.window.closesMinute else { return nil }
        opens = Int(terms.window.opensMinute)
        closes = Int(terms.window.closesMinute)
    }

    func isOpen(at wallMS: Int64, _ time: LocalTime) -> Bool {
        let minute = time.minute(at: wallMS)
        return opens < closes ? (opens..<closes).contains(minute) : minute >= opens || minute < closes
    }

    /// Now, when it is open.
    func opening(from wallMS: Int64, _ time: LocalTime) -> Int64 {
        isOpen(at: wallMS, time) ? wallMS : time.next(minute: opens, after: wallMS)
    }

    func closing(after wallMS: Int64, _ time: LocalTime) -> Int64 {
        time.next(minute: closes, after: wallMS)
    }

    /// "19:00"
    var openingText: String {
        let (hour, minute) = (opens / 60, opens % 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }
}
