import Testing

@testable import GroveClient

@Suite("Numbers and times as people read them")
struct FormatTests {
    @Test(
        "bytes",
        arguments: [
            (0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (1234, "1.23 kB"), (9994, "9.99 kB"), (9996, "10.0 kB"),
            (999_940, "999.9 kB"), (999_960, "1.00 MB"), (7_850_000, "7.85 MB"), (4 << 30, "4.29 GB"),
        ] as [(UInt64, String)])
    func bytes(_ count: UInt64, _ text: String) {
        #expect(Format.bytes(count) == text)
    }

    @Test(
        "numbers",
        arguments: [
            (0, "0"), (293.21, "293.2"), (1407.4, "1407"), (12.345, "12.35"), (1.2345, "1.235"), (0.1344, "0.1344"),
            (0.001, "0.001000"), (0.00002, "2.0e-5"), (-3.5, "-3.500"), (.infinity, "inf"), (1e20, "1e+20"),
        ] as [(Double, String)])
    func numbers(_ value: Double, _ text: String) {
        #expect(Format.number(value) == text)
    }

    @Test("a number that is none does not break anything")
    func notANumber() {
        #expect(Format.number(.nan) == "nan")
        #expect(Format.fixed(-.infinity, 2) == "-inf")
        #expect(Format.duration(seconds: .nan) == "?")
        #expect(Format.duration(seconds: -1) == "?")
    }

    @Test(
        "durations",
        arguments: [
            (0, "0:00"), (7.4, "0:07"), (59.6, "1:00"), (750, "12:30"), (11_045, "3:04:05"), (183_845, "2d 03:04"),
        ] as [(Double, String)])
    func durations(_ seconds: Double, _ text: String) {
        #expect(Format.duration(seconds: seconds) == text)
    }

    @Test("ages count from now, and a clock that is ahead is no matter")
    func ages() {
        #expect(Format.age(milliseconds: 5_000, now: 8_999) == "3 s ago")
        #expect(Format.age(milliseconds: 1, now: 600_001) == "10 min ago")
        #expect(Format.age(milliseconds: 1, now: 10_800_001) == "3 h ago")
        #expect(Format.age(milliseconds: 1, now: 259_200_001) == "3 d ago")
        #expect(Format.age(milliseconds: 9_000, now: 5_000) == "0 s ago")
        #expect(Format.age(milliseconds: 0, now: 5_000) == "-")
        #expect(Format.time(milliseconds: 0) == "-")
    }

    @Test("text from elsewhere cannot command the terminal")
    func safety() {
        #expect("plain é 字 ok".printable == "plain é 字 ok")
        #expect(!"a\u{1b}[2Jb".printable.contains("\u{1b}"))
        #expect(!"a\r\nb".printable.contains("\n"))
        #expect(!"abc\u{202E}gnp.exe".printable.unicodeScalars.contains("\u{202E}"))
        #expect("a\u{1b}b".printable == "a\u{fffd}b")
    }

    @Test("a string as JSON")
    func json() {
        #expect(JSONText.string("a\"b\\c\nd\u{1}") == #""a\"b\\c\nd\u0001""#)
        #expect(JSONText.string("\u{9B}\u{202E}\u{2028}é") == #""\u009b\u202e\u2028é""#)
        var job = Job()
        job.user = "\u{85}\u{2066}字"
        #expect(JSONText.line(job) == #"{"user":"\u0085\u2066字"}"#)
    }
}
