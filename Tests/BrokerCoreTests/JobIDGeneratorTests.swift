import Testing
import Wire

@testable import BrokerCore

/// Ids sort as they were made, whatever the clock does.
@Suite struct JobIDGeneratorTests {
    @Test func clocksThatJump() {
        var generator = JobIDGenerator()
        let times = [-5, 0, 1_764_000_000_000, 1_000, 1_764_000_000_000, .min, 253_402_300_799_999, 0, .max] as [Int64]
        let ids = times.map { generator.next(nowMS: $0) }
        #expect(ids == ids.sorted() && Set(ids).count == ids.count)
    }

    @Test func itGoesOnAfterTheNewest() {
        let newest = JobID(milliseconds: 1_764_000_000_000, random: JobID.randomRange.upperBound - 1)
        var generator = JobIDGenerator(after: newest)
        let next = generator.next(nowMS: -1)
        #expect(newest < next && next.milliseconds == newest.milliseconds + 1)
        #expect(next < generator.next(nowMS: -1))
    }

    /// A database may hold anything.
    @Test func anIdAtTheEndOfAllTimesEndsNothing() {
        let last = JobID(milliseconds: JobID.times.upperBound, random: JobID.randomRange.upperBound - 1)
        var generator = JobIDGenerator(after: last)
        #expect(generator.next(nowMS: .max).milliseconds == JobID.times.upperBound)
    }
}
