import Testing
import Wire

@testable import GroveClient

/// Times as people write them.
@Suite struct TermsTextTests {
    @Test(arguments: [("90s", 90_000), ("15m", 900_000), ("8h", 28_800_000), ("2d", 172_800_000), ("1h30m", 5_400_000)])
    func lengthsOfTime(_ text: String, _ milliseconds: UInt64) throws {
        #expect(try TermsText.duration(text) == milliseconds)
    }

    @Test(arguments: ["", "8", "h", "8 h", "-8h", "8h30", "8y", "0s", "٣h", "99999999999999999999h"])
    func badLengths(_ text: String) {
        let error = #expect(throws: RPCError.self) { try TermsText.duration(text) }
        #expect(error?.message.contains("write it as 90s") == true)
    }

    @Test func lengthsThatAddUpToNoTime() {
        for text in ["9999999999d", String(repeating: "9999999999d", count: 30)] {
            #expect(throws: RPCError.self) { try TermsText.duration(text) }
            #expect(throws: RPCError.self) { try Self.instant("+" + text, nowMS: .max / 2) }
        }
    }

    @Test func keeping() throws {
        #expect(try TermsText.keeping("30d") == 30 * 86_400_000)
        #expect(try TermsText.keeping("forever") == 0)
        #expect(throws: RPCError.self) { try TermsText.keeping("0d") }
    }

    @Test func windows() throws {
        let window = try TermsText.window("19:00-7:30")
        #expect(window.opensMinute == 1140 && window.closesMinute == 450)
        for text in ["", "19:00", "19-7", "24:00-7:00", "19:60-7:00", "19:00-7:00-8:00", "19:0-7:00"] {
            #expect(throws: RPCError.self) { try TermsText.window(text) }
        }
    }

    /// The instant that a text means, in a zone.
    private static func instant(_ text: String, nowMS: Int64, _ zone: LocalTime = .system) throws -> Int64 {
        var terms = Terms()
        try TermsText.start(text, of: &terms, nowMS: nowMS, in: zone)
        #expect(terms.startDelayMs == 0)
        return terms.notBeforeMs
    }

    @Test func instants() throws {
        let now: Int64 = 1_795_500_000_000
        for text in ["00:00", "07:30", "12:00", "23:59"] {
            let time = try Self.instant(text, nowMS: now)
            // A day, or an hour more where the clocks are set back.
            #expect(time > now && time - now <= 25 * 3_600_000)
            #expect(Format.time(milliseconds: time).hasSuffix("\(text):00"))
        }
        let time = try Self.instant("2027-02-03 19:05", nowMS: now)
        #expect(Format.time(milliseconds: time) == "2027-02-03 19:05:00")
        #expect(try Self.instant("2027-02-03T19:05", nowMS: now) == time)
        for text in ["", "noon", "25:00", "2027-02-31 10:00", "2027-13-01 10:00", "2027-02-03", "+", "+h", "a b 10:00"]
        {
            let error = #expect(throws: RPCError.self) { try Self.instant(text, nowMS: now) }
            #expect(error?.code == .invalidArgument && error?.message.contains("write it as") == true)
        }
    }

    /// The broker counts it, by its own clock.
    @Test func relativeTimesStayLengths() throws {
        var terms = Terms()
        try TermsText.start("+1h30m", of: &terms, nowMS: 1_795_500_000_000)
        #expect(terms.startDelayMs == 5_400_000 && terms.notBeforeMs == 0)
    }

    /// Two o'clock becomes three at 01:00 UTC, and in another night three o'clock becomes two.
    @Test func instantsThatClocksSkipOrShowTwice() throws {
        let hour: Int64 = 3_600_000
        let (spring, autumn): (Int64, Int64) = (1_774_746_000_000, 1_792_890_000_000)
        let berlin = LocalTime { $0 >= spring && $0 < autumn ? 2 * hour : hour }
        #expect(try Self.instant("2026-03-29 02:30", nowMS: 0, berlin) == spring, "the first instant after the gap")
        #expect(try Self.instant("2026-03-29 03:00", nowMS: 0, berlin) == spring)
        #expect(try Self.instant("2026-03-29 01:59", nowMS: 0, berlin) == spring - 60_000)
        #expect(try Self.instant("02:30", nowMS: spring - hour, berlin) == spring)
        #expect(try Self.instant("02:30", nowMS: spring, berlin) == spring + 23 * hour + hour / 2)
        #expect(try Self.instant("2026-10-25 02:30", nowMS: 0, berlin) == autumn - hour / 2, "the earlier of the two")
        #expect(try Self.instant("01:30", nowMS: autumn, berlin) == autumn + 23 * hour + hour / 2)
    }
}
