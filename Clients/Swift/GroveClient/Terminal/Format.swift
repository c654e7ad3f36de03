#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Numbers and times as people read them.
package enum Format {
    /// `3.4 MB`, in powers of 1000.
    package static func bytes(_ count: UInt64) -> String {
        var (value, unit) = (Double(count), 0)
        let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
        while value >= 999.95 && unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
        return unit == 0 ? "\(count) B" : "\(fixed(value, value < 9.995 ? 2 : 1)) \(units[unit])"
    }

    /// With so many places after the point; `nan` and `inf` as they are.
    package static func fixed(_ value: Double, _ places: Int) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return "\(value)" }
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = (value.magnitude * scale).rounded()
        let whole = Int(scaled / scale)
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard places > 0 else { return sign + String(whole) }
        let rest = String(Int(scaled - Double(whole) * scale))
        return sign + "\(whole)." + String(repeating: "0", count: places - rest.count) + rest
    }

    /// Four figures or so: `0.01234`, `1.234`, `1235`, `1.2e-07`.
    package static func number(_ value: Double) -> String {
        switch value.magnitude {
        case 0: return "0"
        case 1000...: return value.magnitude < 1e15 ? fixed(value, 0) : "\(value)"
        case 100..<1000: return fixed(value, 1)
        case 10..<100: return fixed(value, 2)
        case 1..<10: return fixed(value, 3)
        case 0.01..<1: return fixed(value, 4)
        case 0.0001..<0.01: return fixed(value, 6)
        case let small where small > 0: return scientific(value)
        default: return "\(value)"
        }
    }

    private static func scientific(_ value: Double) -> String {
        var (mantissa, exponent) = (value, 0)
        while mantissa.magnitude < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
        return "\(fixed(mantissa, 1))e\(exponent)"
    }

    /// `0:07`, `12:30`, `3:04:05`, `2d 03:04`.
    package static func duration(seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
        let all = Int(seconds.rounded())
        let (days, hours, minutes, rest) = (all / 86_400, all / 3600 % 24, all / 60 % 60, all % 60)
        if days > 0 { return "\(days)d \(two(hours)):\(two(minutes))" }
        if hours > 0 { return "\(hours):\(two(minutes)):\(two(rest))" }
        return "\(minutes):\(two(rest))"
    }

    /// `19:00`, from minutes since midnight.
    package static func clock(minute: UInt32) -> String { "\(two(Int(minute / 60))):\(two(Int(minute % 60)))" }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

    /// `2026-11-24 00:12:03` in this machine's time zone; `-` for a time that has not come.
    package static func time(milliseconds: Int64) -> String {
        guard milliseconds > 0 else { return "-" }
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return "?" }
        let date = "\(Int(parts.tm_year) + 1900)-\(two(Int(parts.tm_mon) + 1))-\(two(Int(parts.tm_mday)))"
        return "\(date) \(two(Int(parts.tm_hour))):\(two(Int(parts.tm_min))):\(two(Int(parts.tm_sec)))"
    }

    /// `12 s ago`, `5 min ago`, `3 h ago`, `2 d ago`.
    package static func age(milliseconds: Int64, now: Int64) -> String {
        guard milliseconds > 0 else { return "-" }
        let seconds = max(0, now - milliseconds) / 1000
        return switch seconds {
        case ..<120: "\(seconds) s ago"
        case ..<7200: "\(seconds / 60) min ago"
        case ..<172_800: "\(seconds / 3600) h ago"
        default: "\(seconds / 86_400) d ago"
        }
    }
}
