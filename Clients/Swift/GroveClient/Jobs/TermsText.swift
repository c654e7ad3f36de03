#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

public typealias Terms = Grove_V1_Terms

/// When a job may run and for how long, as people write it.
public enum TermsText {
    /// `90s`, `15m`, `8h`, `2d`, or several together as in `1h30m`, in milliseconds.
    /// - Throws: `RPCError` INVALID_ARGUMENT.
    public static func duration(_ text: String) throws(RPCError) -> UInt64 {
        var (total, number): (UInt64, UInt64?) = (0, nil)
        for character in text {
            if let digit = character.wholeNumberValue, character.isASCII, (number ?? 0) < 1_000_000_000 {
                number = (number ?? 0) * 10 + UInt64(digit)
            } else if let count = number, let unit = units[character] {
                total += count * unit
                guard total <= longest else { throw unreadable(text) }
                number = nil
            } else {
                throw unreadable(text)
            }
        }
        guard number == nil, total > 0 else { throw unreadable(text) }
        return total
    }

    /// How long results are kept: a length of time, or `forever`, which is 0.
    /// - Throws: `RPCError` INVALID_ARGUMENT.
    public static func keeping(_ text: String) throws(RPCError) -> UInt64 {
        text == "forever" ? 0 : try duration(text)
    }

    /// In milliseconds, some 35,000 years: beyond every limit, and far from what a sum of pieces could overflow.
    private static let longest: UInt64 = 1 << 50

    private static let units: [Character: UInt64] = ["s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]

    private static func unreadable(_ text: String) -> RPCError {
        RPCError(.invalidArgument, "'\(text.prefix(40))' is no length of time; write it as 90s, 15m, 8h, 2d or 1h30m")
    }

    /// `19:00-07:00`: from, and up to, times of the day in the broker's time zone.
    /// - Throws: `RPCError` INVALID_ARGUMENT.
    public static func window(_ text: String) throws(RPCError) -> Grove_V1_TimeWindow {
        let times = text.split(separator: "-", omittingEmptySubsequences: false).map { minute(String($0)) }
        guard times.count == 2, let opens = times[0], let closes = times[1] else {
            throw RPCError(
                .invalidArgument, "'\(text.prefix(40))' is no window; write it as 19:00-07:00, from and up to")
        }
        var window = Grove_V1_TimeWindow()
        (window.opensMinute, window.closesMinute) = (opens, closes)
        return window
    }

    /// `19:00` in minutes since midnight.
    private static func minute(_ text: String) -> UInt32? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count == 2, let hour = UInt32(parts[0]), let minute = UInt32(parts[1]),
            hour < 24, minute < 60
        else { return nil }
        return hour * 60 + minute
    }

    /// When a job may begin: `19:00`, the next time that this machine's clock shows it; `2026-11-24 19:00`; or `+2h`, so long
    /// after the broker has accepted it. That is for the broker to count: the two clocks need not show the same.
    /// - Throws: `RPCError` INVALID_ARGUMENT.
    public static func start(_ text: String, of terms: inout Terms, nowMS: Int64) throws(RPCError) {
        try start(text, of: &terms, nowMS: nowMS, in: .system)
    }

    package static func start(
        _ text: String, of terms: inout Terms, nowMS: Int64, in zone: LocalTime
    ) throws(RPCError) {
        if text.hasPrefix("+") {
            terms.startDelayMs = try duration(String(text.dropFirst()))
            return
        }
        let parts = text.split { $0 == " " || $0 == "T" }.map(String.init)
        guard let minute = parts.last.flatMap(minute), let instant = instant(parts, minute, nowMS, zone) else {
            throw RPCError(
                .invalidArgument, "'\(text.prefix(40))' is no time; write it as 19:00, '2026-11-24 19:00' or +2h")
        }
        terms.notBeforeMs = instant
    }

    private static func instant(_ parts: [String], _ minute: UInt32, _ nowMS: Int64, _ zone: LocalTime) -> Int64? {
        let time = Int64(minute) * 60_000
        switch parts.count {
        case 1:
            let today = zone.local(at: nowMS).floored(to: LocalTime.dayMS)
            return (0...2).lazy.map { zone.instant(showing: today + $0 * LocalTime.dayMS + time) }.first { $0 > nowMS }
        case 2:
            return midnight(parts[0]).map { zone.instant(showing: $0 + time) }
        default:
            return nil
        }
    }

    /// `2026-11-24` as the local time at which that day begins.
    private static func midnight(_ date: String) -> Int64? {
        let numbers = date.split(separator: "-", omittingEmptySubsequences: false).map { Int32($0) }
        guard numbers.count == 3, let year = numbers[0], let month = numbers[1], let day = numbers[2],
            (1970...2200).contains(year), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, month - 1, day)
        let seconds = timegm(&parts)
        // February 31 has become a day of March.
        return parts.tm_mday == day ? Int64(seconds) * 1000 : nil
    }
}
