import Foundation
import Testing
import Wire

@testable import BrokerCore

/// Windows in the nights in which clocks are set.
@Suite struct ClockChangeTests {
    /// Every minute from a day before to a day after a change, at its first and last instant and around the edges: a
    /// window is open when the clocks show a time inside it, and its openings and closings are where that changes.
    @Test(arguments: ClockNight.all)
    func everythingAgreesAtEveryInstant(_ night: ClockNight) throws {
        let (start, offsets) = (night.startMS, night.offsets())
        let time = ClockNight.time(startMS: start, offsets: offsets)
        let change = try #require((1..<offsets.count).first { offsets[$0] != offsets[$0 - 1] }, "no clock is set")
        for window in Self.windows(before: offsets[change - 1], after: offsets[change], at: start, minute: change) {
            let inside = offsets.indices.map { Self.contains(window, $0, offsets[$0], start) }
            let changes = (1..<inside.count).filter { inside[$0] != inside[$0 - 1] }
            var wrong: [String] = []
            for minute in change - 1440..<change + 1440 {
                let next = changes.first { $0 > minute }.map { start + Int64($0) * ClockNight.minuteMS }
                let second = changes.first { $0 > minute && !inside[$0] }.map {
                    start + Int64($0) * ClockNight.minuteMS
                }
                let isEdge = changes.contains(minute) || changes.contains(minute + 1)
                for instant in isEdge ? [0, 1, 999, 1000, 30_000, 59_000, 59_999] : [0, 59_999] {
                    let now = start + Int64(minute) * ClockNight.minuteMS + Int64(instant)
                    let opening = window.opening(from: now, time)
                    if window.isOpen(at: now, time) != inside[minute] || opening != (inside[minute] ? now : next)
                        || window.closing(after: now, time) != second
                    {
                        wrong.append("\(window) \(minute - change) min, \(instant) ms")
                    }
                }
            }
            #expect(wrong.isEmpty, "\(wrong.count): \(wrong.prefix(3))")
        }
    }

    /// Whether the clocks show a time inside the window, from their hands alone.
    private static func contains(_ window: DayWindow, _ minute: Int, _ offset: Int64, _ startMS: Int64) -> Bool {
        let shown = Int((startMS / ClockNight.minuteMS + Int64(minute) + offset) % 1440)
        return (shown - window.opens + 1440) % 1440 < (window.closes - window.opens + 1440) % 1440
    }

    /// Windows that begin, end or lie in what is skipped or doubled, and usual ones.
    private static func windows(before: Int64, after: Int64, at startMS: Int64, minute: Int) -> [DayWindow] {
        let utc = startMS / ClockNight.minuteMS + Int64(minute)
        let (low, high) = (utc + min(before, after), utc + max(before, after))
        let middle = low + min(high - low, 1440) / 2
        let pairs: [(Int64, Int64)] = [
            (19 * 60, 7 * 60), (7 * 60, 19 * 60), (0, 30), (23 * 60 + 30, 15), (30, 23 * 60 + 30),
            (middle, middle + 150), (middle - 300, middle), (low + 5, high - 5), (low, high), (high, low),
            (low, middle), (middle, high), (middle, middle - 1), (middle - 1, middle), (low - 30, high + 30),
            (high + 1, low - 1),
        ]
        return pairs.compactMap { DayWindow($0, $1) }
    }

    // MARK: Said out loud, in Berlin

    /// 2026-03-29: at 01:00 UTC two o'clock becomes three.
    @Test func aSkippedTimeIsTheFirstInstantAfterTheGap() throws {
        let time = ClockNight(zone: "Europe/Berlin", date: "2026-03-29").time
        let evening = try Self.utc("2026-03-28 18:00")
        let gap = try Self.utc("2026-03-29 01:00")
        #expect(try #require(DayWindow(150, 300)).opening(from: evening, time) == gap)
        #expect(try #require(DayWindow(19 * 60, 150)).closing(after: evening, time) == gap)
        // Both ends become the same instant: nothing is left of it that day.
        #expect(try #require(DayWindow(130, 170)).opening(from: evening, time) == Self.utc("2026-03-30 00:10"))
    }

    /// 2026-10-25: at 01:00 UTC three o'clock becomes two again.
    @Test func aDoubledTimeIsInsideBothTimesOrNeither() throws {
        let time = ClockNight(zone: "Europe/Berlin", date: "2026-10-25").time
        let night = try #require(DayWindow(19 * 60, 150))
        let first = try night.closing(after: Self.utc("2026-10-24 18:00"), time)
        #expect(try first == Self.utc("2026-10-25 00:30"), "half past two, in summer time")
        let again = night.opening(from: first, time)
        #expect(try again == Self.utc("2026-10-25 01:00"), "two o'clock, in winter time")
        #expect(try night.closing(after: again, time) == Self.utc("2026-10-25 01:30"))
    }

    private static func utc(_ text: String) throws -> Int64 {
        let style = Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day().dateTimeSeparator(.space)
            .time(includingFractionalSeconds: false)
        return Int64(try Date(text + ":00", strategy: style).timeIntervalSince1970) * 1000
    }
}
