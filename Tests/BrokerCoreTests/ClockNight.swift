import Foundation
import Wire

@testable import BrokerCore

/// Days around a change of the clocks in a zone, minute by minute, as Foundation knows them.
struct ClockNight: Sendable, CustomStringConvertible {
    let zone: String
    /// The change is less than a day away from noon, UTC, of this date.
    let date: String

    static let all: [ClockNight] = [
        // Both nights of a year.
        .init(zone: "Europe/Berlin", date: "2026-03-29"), .init(zone: "Europe/Berlin", date: "2026-10-25"),
        .init(zone: "America/New_York", date: "2026-03-08"), .init(zone: "America/New_York", date: "2026-11-01"),
        // At midnight: a day begins at one o'clock.
        .init(zone: "America/Santiago", date: "2026-09-06"), .init(zone: "America/Santiago", date: "2026-04-05"),
        .init(zone: "America/Havana", date: "2026-03-08"), .init(zone: "America/Havana", date: "2026-11-01"),
        .init(zone: "Asia/Beirut", date: "2026-03-29"), .init(zone: "Asia/Beirut", date: "2026-10-24"),
        .init(zone: "Africa/Cairo", date: "2025-04-25"), .init(zone: "Africa/Cairo", date: "2025-10-30"),
        .init(zone: "America/Asuncion", date: "2023-10-01"), .init(zone: "America/Asuncion", date: "2023-03-26"),
        // Half an hour; two hours; quarters of an hour away from UTC.
        .init(zone: "Australia/Lord_Howe", date: "2026-10-04"), .init(zone: "Australia/Lord_Howe", date: "2026-04-05"),
        .init(zone: "Antarctica/Troll", date: "2026-03-29"), .init(zone: "Antarctica/Troll", date: "2026-10-25"),
        .init(zone: "Pacific/Chatham", date: "2026-09-26"), .init(zone: "Pacific/Chatham", date: "2026-04-04"),
        // The other way round: winter is the exception.
        .init(zone: "Europe/Dublin", date: "2026-03-29"), .init(zone: "Europe/Dublin", date: "2026-10-25"),
        // For Ramadan.
        .init(zone: "Africa/Casablanca", date: "2024-03-10"), .init(zone: "Africa/Casablanca", date: "2024-04-14"),
        // A whole day that never was, and offsets that changed for good.
        .init(zone: "Pacific/Apia", date: "2011-12-30"), .init(zone: "Asia/Pyongyang", date: "2018-05-04"),
        .init(zone: "America/Caracas", date: "2007-12-09"), .init(zone: "America/Caracas", date: "2016-05-01"),
    ]

    var description: String { "\(zone) \(date)" }

    static let minuteMS: Int64 = 60_000

    /// Midnight, UTC, two days before.
    var startMS: Int64 {
        let parts = date.split(separator: "-").compactMap { Int($0) }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        guard let day = calendar.date(from: DateComponents(year: parts[0], month: parts[1], day: parts[2])) else {
            preconditionFailure("\(date) is a date")
        }
        return Int64(day.timeIntervalSince1970) * 1000 - 2 * LocalTime.dayMS
    }

    /// How far the clocks are ahead of UTC, in minutes, for each minute of seven days.
    func offsets() -> [Int64] {
        guard let zone = TimeZone(identifier: zone) else { preconditionFailure("\(zone) is a zone") }
        return (0..<7 * 1440).map { minute in
            Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(startMS / 1000 + minute * 60)))) / 60
        }
    }

    /// The zone, as far as these seven days go.
    static func time(startMS: Int64, offsets: [Int64]) -> LocalTime {
        LocalTime { wallMS in
            let minute = (wallMS - startMS).floored(to: minuteMS) / minuteMS
            return offsets[Int(min(max(minute, 0), Int64(offsets.count - 1)))] * minuteMS
        }
    }

    var time: LocalTime { Self.time(startMS: startMS, offsets: offsets()) }
}

extension DayWindow {
    /// From and up to these minutes after midnight, whatever day they fall on; `nil` when that is always.
    init?(_ opens: Int64, _ closes: Int64) {
        var terms = Grove_V1_Terms()
        terms.window.opensMinute = UInt32((opens % 1440 + 1440) % 1440)
        terms.window.closesMinute = UInt32((closes % 1440 + 1440) % 1440)
        self.init(terms)
    }
}
