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

    /// An instant, in milliseconds since 1970: `19:00`, the next time that this machine's clock shows it;
    /// `2026-11-24 19:00`; or `+2h`, so long from now.
    /// - Throws: `RPCError` INVALID_ARGUMENT.
    public static func instant(_ text: String, nowMS: Int64) throws(RPCError) -> Int64 {
        if text.hasPrefix("+") { return nowMS + Int64(clamping: try duration(String(text.dropFirst()))) }
        let parts = text.split { $0 == " " || $0 == "T" }.map(String.init)
        if parts.count == 1, let minute = minute(parts[0]), let time = next(minute, after: nowMS) { return time }
        if parts.count == 2, let minute = minute(parts[1]), let time = time(date: parts[0], minute) { return time }
        throw RPCError(
            .invalidArgument, "'\(text.prefix(40))' is no time; write it as 19:00, '2026-11-24 19:00' or +2h")
    }

    private static func next(_ minute: UInt32, after nowMS: Int64) -> Int64? {
        var seconds = time_t(nowMS / 1000)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return nil }
        for _ in 0..<2 {
            if let time = local(parts, minute), time > nowMS { return time }
            parts.tm_mday += 1
        }
        return nil
    }

    private static func time(date: String, _ minute: UInt32) -> Int64? {
        let numbers = date.split(separator: "-", omittingEmptySubsequences: false).map { Int32($0) }
        guard numbers.count == 3, let year = numbers[0], let month = numbers[1], let day = numbers[2],
            (1970...2200).contains(year), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, month - 1, day)
        guard let time = local(parts, minute) else { return nil }
        var (seconds, back) = (time_t(time / 1000), tm())
        // February 31 becomes a day of March.
        guard localtime_r(&seconds, &back) != nil, back.tm_mday == day else { return nil }
        return time
    }

    /// So many minutes after midnight of a day, in this machine's time zone.
    private static func local(_ day: tm, _ minute: UInt32) -> Int64? {
        var parts = day
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (Int32(minute / 60), Int32(minute % 60), 0)
        parts.tm_isdst = -1
        let seconds = mktime(&parts)
        return seconds == -1 ? nil : Int64(seconds) * 1000
    }
}
