import Testing
import Wire

@testable import BrokerCore

/// Times of the day, in a time zone that changes its clocks.
@Suite struct DayWindowTests {
    private static let hour: Int64 = 3_600_000
    /// 2026-11-24 00:00 UTC.
    private static let midnight: Int64 = 1_795_478_400_000
    private static let utc = LocalTime { _ in 0 }

    private static func window(_ opens: UInt32, _ closes: UInt32) throws -> DayWindow {
        var terms = Grove_V1_Terms()
        (terms.window.opensMinute, terms.window.closesMinute) = (opens * 60, closes * 60)
        return try #require(DayWindow(terms))
    }

    @Test(arguments: [(18.9, false), (19, true), (23.5, true), (0, true), (6.9, true), (7, false), (12, false)])
    func overMidnight(_ hour: Double, _ isOpen: Bool) throws {
        let time = Self.midnight + Int64(hour * Double(Self.hour))
        #expect(try Self.window(19, 7).isOpen(at: time, Self.utc) == isOpen)
        #expect(try Self.window(7, 19).isOpen(at: time, Self.utc) == !isOpen)
    }

    @Test func opensAndClosesAtTheNextTime() throws {
        let night = try Self.window(19, 7)
        let noon = Self.midnight + 12 * Self.hour
        #expect(night.opening(from: noon, Self.utc) == Self.midnight + 19 * Self.hour)
        #expect(night.opening(from: noon + 9 * Self.hour, Self.utc) == noon + 9 * Self.hour)
        #expect(night.closing(after: noon + 9 * Self.hour, Self.utc) == Self.midnight + 31 * Self.hour)
        #expect(night.openingText == "19:00")
    }

    /// Two hours ahead of UTC until 01:00 UTC of the day, then one.
    @Test func clocksThatAreSetBack() throws {
        let change = Self.midnight + Self.hour
        let zone = LocalTime { $0 < change ? 2 * Self.hour : Self.hour }
        let night = try Self.window(19, 7)
        // 22:00 of the evening before; the night is an hour longer.
        let evening = Self.midnight - 4 * Self.hour
        #expect(night.isOpen(at: evening, zone))
        #expect(night.closing(after: evening, zone) == Self.midnight + 6 * Self.hour)
        #expect(night.opening(from: Self.midnight + 10 * Self.hour, zone) == Self.midnight + 18 * Self.hour)
    }

    /// Whatever a zone does, the next change lies ahead, also where the clock is set to the end of all calendars.
    @Test func theNextChangeLiesAhead() throws {
        let window = try Self.window(2, 5)
        for offset in [-11, -1, 0, 1, 14] {
            let zone = LocalTime { ($0 / Self.hour) % 2 == 0 ? Int64(offset) * Self.hour : 0 }
            for quarter in 0..<192 {
                let now = Self.midnight + Int64(quarter) * Self.hour / 4
                #expect(window.closing(after: now, zone) > now)
                #expect(window.isOpen(at: now, zone) || window.opening(from: now, zone) > now)
            }
        }
        for now in [.min, -62_135_596_800_000, -1, 0, 253_402_300_799_999] as [Int64] {
            #expect(window.closing(after: now, .system) > now && window.closing(after: now, Self.utc) > now)
        }
    }
}
