import Foundation
import Testing
import Wire

@Suite struct LocalTimeTests {
    private static let hour: Int64 = 3_600_000

    /// By the rules of the system, in whatever zone the tests run: around the whole of a year, and before 1970.
    @Test func itIsTheSystems() {
        let zone = TimeZone.current
        let starts = [1_767_225_600_000, 1_767_225_600_000 - 60 * 365 * LocalTime.dayMS]
        for start in starts {
            for step in 0..<365 * 8 as Range<Int64> {
                let instant = start + step * 3 * Self.hour - 1
                let seconds = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant) / 1000))
                #expect(LocalTime.system.offsetMS(instant) == Int64(seconds) * 1000)
            }
        }
    }

    @Test func yearsThatDoNotExistAreUTC() {
        for instant in [Int64.min, .max] {
            let time = LocalTime.system.timeOfDay(at: instant)
            #expect((0..<LocalTime.dayMS).contains(time))
        }
    }

    @Test func hoursAreCountedFromMidnightBefore1970Too() {
        let zone = LocalTime { _ in 0 }
        #expect(zone.timeOfDay(at: -1) == LocalTime.dayMS - 1)
        #expect(zone.timeOfDay(at: -LocalTime.dayMS) == 0)
    }

    /// An hour ahead until the change, then two, then none.
    @Test func changesAreFoundToTheMillisecond() {
        let zone = LocalTime { $0 < 1_234_567 ? Self.hour : 2 * Self.hour }
        #expect(zone.change(after: 0, upTo: LocalTime.dayMS) == 1_234_567)
        #expect(zone.change(after: 1_234_566, upTo: 1_234_567) == 1_234_567)
        #expect(zone.change(after: 1_234_567, upTo: LocalTime.dayMS) == nil)
        // From then on the clocks show an hour more; what they skip is the instant of the change.
        #expect(zone.instant(showing: 1_234_567 + Self.hour - 1) == 1_234_566)
        #expect(zone.instant(showing: 1_234_567 + Self.hour) == 1_234_567)
        #expect(zone.instant(showing: 1_234_567 + 2 * Self.hour) == 1_234_567)
        #expect(zone.instant(showing: 1_234_568 + 2 * Self.hour) == 1_234_568)
    }

    @Test func aTimeThatIsShownTwiceIsTheEarlier() {
        let zone = LocalTime { $0 < 0 ? 2 * Self.hour : Self.hour }
        #expect(zone.instant(showing: 90 * 60_000) == -30 * 60_000)
        #expect(zone.instant(showing: 2 * Self.hour) == Self.hour)
    }

    @Test func sumsStayInTheirRange() {
        #expect(Int64.max.addingClamped(1) == .max && Int64.min.addingClamped(-1) == .min)
        #expect(Int64.max.subtractingClamped(-1) == .max && Int64.min.subtractingClamped(1) == .min)
        #expect((-1 as Int64).floored(to: 1000) == -1000 && (-1000 as Int64).floored(to: 1000) == -1000)
        #expect(Int64.min.floored(to: 1000) == .min && (1999 as Int64).floored(to: 1000) == 1000)
    }
}
