import Testing
import Wire

@Suite struct SafeTextTests {
    /// Unicode of every sort.
    static let texts: [String] = [
        "", "plain", "e" + String(repeating: "\u{301}", count: 300), String(repeating: "e\u{301}\u{302}", count: 4000),
        "e" + String(repeating: "\u{301}", count: 1 << 19), "👩‍👩‍👧‍👦👩🏽‍💻🏳️‍🌈", "🇩🇪🇫🇷", "נְקֻדּוֹת", "ไทย", "\r\n\r\n", "한국어",
        "\u{FEFF}a\u{200D}\u{200D}b", "a\u{0}b", String(repeating: "字", count: 100), "\u{10FFFF}\u{FFFF}",
    ]

    @Test(arguments: texts, [-1, 0, 1, 2, 3, 4, 5, 79, 80, 200, 601, 4000])
    func aCutKeepsTheLimitAndWholeScalars(_ text: String, _ limit: Int) {
        let cut = text.cut(toBytes: limit)
        #expect(cut.utf8.count <= max(limit, 0))
        #expect(text.utf8.starts(with: cut.utf8))
        // The next scalar would not have fitted, so nothing was lost that need not be.
        let next = text.unicodeScalars.dropFirst(cut.unicodeScalars.count).first
        #expect(next.map { cut.utf8.count + String($0).utf8.count > limit } ?? true)
    }

    @Test(arguments: texts)
    func anExcerptIsShortAndSafe(_ text: String) {
        #expect(text.excerpt.utf8.count <= 80 && text.excerpt.isSafe)
    }

    @Test(
        arguments: [
            "\u{0}", "\u{1B}", "\u{7F}", "\u{80}", "\u{85}", "\u{9B}", "\u{9D}", "\u{9F}", "\u{2028}", "\u{2029}",
            "\u{202A}",
            "\u{202E}", "\u{2066}", "\u{2069}", "\u{200E}", "\u{200F}", "\u{61C}", "\n", "\r", "\r\n",
        ])
    func whatActsOnATerminalIsNotSafe(_ text: String) {
        #expect(!text.isSafe && !"a\(text)b".isSafeName)
        #expect("a\(text)b".printable.unicodeScalars.allSatisfy { $0 == "a" || $0 == "b" || $0 == "\u{FFFD}" })
    }

    @Test(arguments: ["a b", "é", "e\u{301}", "字", "👩‍👩‍👧", "نص", "a\u{200C}b", "\u{AD}"])
    func whatIsSeenIsSafe(_ text: String) {
        #expect(text.isSafe && text.isSafeName && text.printable == text)
    }

    @Test func aTabIsSafeButNoName() {
        #expect("a\tb".isSafe && !"a\tb".isSafeName)
        #expect("a\nb\u{9B}".printableLines == "a\nb\u{FFFD}")
    }

    @Test(
        arguments: [
            (["a", "b", "a/b"], "'a' and 'a/b'"), (["x", "y", "x"], "'x' twice"),
            (["\u{E9}", "e\u{301}"], "'e\u{301}' twice"), (["a/b/c", "a/b"], "'a/b' and 'a/b/c'"),
        ])
    func namesThatCannotLieBesideEachOther(_ names: [String], _ clash: String) {
        #expect(FileNames.clash(in: names) == clash)
    }

    @Test func namesThatCan() {
        #expect(FileNames.clash(in: ["a", "b/a", "b/c", "ab", "b.c/d"]) == nil)
    }
}
