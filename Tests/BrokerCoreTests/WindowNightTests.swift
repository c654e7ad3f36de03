import Testing
import Transport
import Wire

@testable import BrokerCore

/// A broker with jobs in windows, through nights in which clocks are set, machines sleep, and somebody sets the time.
@Suite struct WindowNightTests {
    private static let hour: Int64 = 3_600_000
    private static let spring = ClockNight(zone: "Europe/Berlin", date: "2026-03-29")
    private static let autumn = ClockNight(zone: "Europe/Berlin", date: "2026-10-25")

    /// A broker of the zone, so many hours after the midnight, UTC, that the night's date begins with.
    private static func bench(_ night: ClockNight, hours: Double) throws -> Bench {
        var settings = BrokerSettings()
        settings.localTime = night.time
        // Not what is looked at here, and many turns.
        settings.sweepInterval = .seconds(1_000_000)
        let bench = try Bench(settings: settings)
        bench.now.wallMS = night.startMS + 2 * LocalTime.dayMS + Int64(hours * Double(hour))
        try bench.makeTree()
        return bench
    }

    private static func terms(_ opens: UInt32, _ closes: UInt32) -> Grove_V1_Terms {
        var terms = Grove_V1_Terms()
        (terms.window.opensMinute, terms.window.closesMinute) = (opens, closes)
        return terms
    }

    // MARK: Waiting

    /// The broker sleeps until something is to be done, and that is never now.
    @Test(
        arguments: [
            (spring, 150, 300), (spring, 1140, 150), (spring, 130, 170), (spring, 120, 180), (autumn, 150, 300),
            (autumn, 1140, 150), (autumn, 130, 170), (autumn, 120, 180),
        ] as [(ClockNight, UInt32, UInt32)])
    func aBrokerThatWaitsSleeps(_ night: ClockNight, _ opens: UInt32, _ closes: UInt32) throws {
        let bench = try Self.bench(night, hours: -1)
        let id = try bench.submit(bench.client(), Bench.sample(), terms: Self.terms(opens, closes))
        // Past the first round of the sweep.
        while bench.now.monotonic < .seconds(1120) { try Self.sleep(bench) }
        let end = bench.now.wallMS + 6 * Self.hour
        var turns = 0
        while bench.now.wallMS < end, turns < 1000 {
            try Self.sleep(bench)
            turns += 1
            #expect(bench.broker.nextDeadline.map { $0 > bench.now.monotonic } == true, "a timer is set to now")
        }
        // One a minute, and a few for what happens.
        #expect(turns <= 6 * 60 + 10)
        #expect(try bench.job(bench.client(), id).state == .waiting)
    }

    /// Passes the time until the broker wants to be asked again.
    private static func sleep(_ bench: Bench) throws {
        let deadline = try #require(bench.broker.nextDeadline)
        _ = try bench.pass(max(deadline - bench.now.monotonic, .milliseconds(1)))
    }

    // MARK: Running

    /// A worker that gives its job back whenever it is asked to, and takes again at once.
    private struct Shift {
        /// When its job was begun, and asked for, in minutes from the beginning.
        var begun: [Int64] = []
        var yielded: [Int64] = []
    }

    private static func work(_ bench: Bench, minutes: Int) throws -> Shift {
        let worker = try bench.worker()
        let start = bench.now.wallMS
        var shift = Shift()
        var attempt: Grove_V1_AttemptId?
        for step in 0..<minutes * 12 {
            let minute = (bench.now.wallMS - start) / 60_000
            if let held = attempt {
                let answer = try bench.beat(worker, [held], step: UInt64(step))
                if answer.yield == [held] {
                    shift.yielded.append(minute)
                    try bench.complete(worker, held) { $0.interruption.reason = "its window has closed" }
                    attempt = nil
                }
            }
            if attempt == nil, let assignment = try bench.take(worker) {
                shift.begun.append(minute)
                attempt = assignment.attempt
            }
            _ = try bench.pass(.seconds(5))
        }
        return shift
    }

    /// From 00:30 UTC, half past one, on. Two o'clock becomes three.
    @Test func theShortNight() throws {
        let bench = try Self.bench(Self.spring, hours: 0.5)
        let client = try bench.client()
        try bench.submit(client, Bench.sample(), terms: Self.terms(1140, 150))
        let evening = try Self.work(bench, minutes: 60)
        #expect(evening.begun == [0] && evening.yielded == [30], "one attempt until half past two, which is three")
        // 02:10-02:50: not at all today.
        let other = try Self.bench(Self.spring, hours: 0.5)
        try other.submit(other.client(), Bench.sample(), terms: Self.terms(130, 170))
        let none = try Self.work(other, minutes: 60)
        #expect(none.begun.isEmpty)
        let morning = try Self.bench(Self.spring, hours: 0.5)
        try morning.submit(morning.client(), Bench.sample(), terms: Self.terms(150, 300))
        let late = try Self.work(morning, minutes: 60)
        #expect(late.begun == [30] && late.yielded.isEmpty)
    }

    /// From 00:00 UTC, two o'clock, on. Three o'clock becomes two again.
    @Test func theLongNight() throws {
        let bench = try Self.bench(Self.autumn, hours: 0)
        try bench.submit(bench.client(), Bench.sample(), terms: Self.terms(1140, 150))
        let shift = try Self.work(bench, minutes: 120)
        #expect(shift.begun == [0, 60] && shift.yielded == [30, 90], "until half past two, both times")
    }

    // MARK: Other clocks

    /// The machine slept: hours have passed on the wall, none on the monotonic clock.
    @Test func aWindowClosesWhileTheMachineSleeps() throws {
        let bench = try Self.bench(Self.spring, hours: -30)
        let worker = try bench.worker()
        try bench.submit(bench.client(), Bench.sample(), terms: Self.terms(1140, 420))
        let attempt = try #require(try bench.take(worker)).attempt
        #expect(try bench.beat(worker, [attempt], step: 1).yield.isEmpty)
        bench.now.wallMS += 13 * Self.hour
        #expect(try bench.beat(worker, [attempt], step: 2).yield == [attempt])
        // Nor is it given out again, or another one that was about to begin.
        try bench.complete(worker, attempt) { $0.interruption.reason = "its window has closed" }
        #expect(try bench.take(worker) == nil)
        bench.now.wallMS += 11 * Self.hour
        #expect(try bench.take(worker) != nil, "it opens again as soon as the broker hears of it")
    }

    /// More jobs than one turn looks after, and a worker that asks in the moment in which their window closes.
    @Test func noneOfManyIsBegunAfterTheWindowHasClosed() throws {
        let bench = try Self.bench(Self.spring, hours: -6)
        var request = Grove_V1_SubmitRequest()
        request.terms = Self.terms(1140, 420)
        request.array.elements = (0..<1200 as Range<UInt32>).map { index in
            var element = Grove_V1_ArrayElement()
            (element.index, element.spec) = (index, Bench.sample(seed: UInt64(index)))
            return element
        }
        let _: Grove_V1_SubmitResponse = try bench.call(bench.client(), Method.jobsSubmit, request)
        let worker = try bench.worker()
        let first = try #require(try bench.take(worker)).attempt
        try bench.complete(worker, first) { $0.interruption.reason = "SIGTERM" }
        bench.now.wallMS += 13 * Self.hour
        for _ in 0..<6 { #expect(try bench.take(worker) == nil) }
        #expect(bench.broker.nextDeadline.map { $0 > bench.now.monotonic } == true)
        bench.now.wallMS += 11 * Self.hour
        _ = try (0..<6).map { _ in try bench.turn([]) }
        #expect(try bench.take(worker) != nil)
    }

    /// It could begin, and no longer can.
    @Test func aClockThatIsSetBackPutsJobsOff() throws {
        let bench = try Self.bench(Self.spring, hours: -6)
        try bench.submit(bench.client(), Bench.sample(), terms: Self.terms(1140, 420))
        let worker = try bench.worker()
        bench.now.wallMS -= 2 * Self.hour
        #expect(try bench.take(worker) == nil, "it is five o'clock again")
        #expect(bench.broker.nextDeadline.map { $0 > bench.now.monotonic } == true)
        bench.now.wallMS += 2 * Self.hour
        #expect(try bench.take(worker) != nil)
    }

    /// What was written down by the clocks of another zone, or by a clock that has been set since, does not count.
    @Test func aStartLooksAtAllJobsAgain() throws {
        let bench = try Self.bench(Self.spring, hours: -6)
        let terms = Self.terms(1140, 420)
        try bench.submit(bench.client(), Bench.sample(), terms: terms)
        bench.settings.localTime = LocalTime { _ in 0 }
        try bench.restart()
        #expect(try bench.take(bench.worker()) == nil, "it is six o'clock there")
        bench.now.wallMS += Self.hour
        #expect(try bench.take(bench.worker()) != nil)
    }

    /// Machines without a battery begin at any time: jobs run, have ids, and wait as long as they were told.
    @Test(arguments: [-86_400_000 * 365, -1, 0, 1, .min, .max] as [Int64])
    func aClockThatIsWrong(_ wallMS: Int64) throws {
        let bench = try Bench()
        bench.now.wallMS = wallMS
        try bench.restart()
        try bench.makeTree()
        var ids = try (0..<3).map { _ in try bench.submit(bench.client(), Bench.sample()) }
        try bench.restart()
        ids += try (0..<3).map { _ in try bench.submit(bench.client(), Bench.sample()) }
        #expect(ids == ids.sorted() && Set(ids).count == 6)
        let attempt = try #require(try bench.take(bench.worker())).attempt
        #expect(attempt.jobID == ids[0])
        try bench.fail(PeerID(101), attempt, .unavailable)
        var terms = Self.terms(1140, 420)
        (terms.startDelayMs, terms.queueTtlMs) = (600_000, Limits.termMilliseconds)
        let late = try bench.submit(bench.client(), Bench.sample(), terms: terms)
        let job = try bench.job(PeerID(1), late)
        #expect(job.state == .waiting && job.waitsUntilMs > bench.now.wallMS)
    }
}
