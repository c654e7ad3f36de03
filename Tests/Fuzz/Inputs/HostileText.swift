/// Texts that break programs: what one Character, one scalar and one byte are differs, or a terminal obeys them.
enum HostileText {
    static func bytes(_ random: inout FuzzRandom) -> [UInt8] {
        switch random.below(6) {
        case 0: invalid[random.below(invalid.count)]
        case 1: Array(long(&random).utf8)
        case 2: Array((random.pick(texts) + random.pick(texts)).utf8)
        default: Array(random.pick(texts).utf8)
        }
    }

    private static let texts = [
        "", " ", "a", "newest", "best", "all", "0", "-1", "1e999", "nan", "inf", "-0.0", "true", "null",
        "9223372036854775807", "-9223372036854775808", "18446744073709551616", "0x7fffffff", "1.0000000000000001",
        "\0", "a\0b", "\n", "\r\n", "\t", "\u{1b}[2J", "\u{1b}]0;title\u{7}", "\u{7f}", "\u{9b}31m", "\u{9d}0;t\u{9c}",
        "\u{85}", "\u{202e}evil\u{202c}", "\u{2066}x\u{2069}", "\u{2028}", "\u{2029}", "\u{feff}", "\u{200b}", "\u{ad}",
        "e\u{301}", "\u{e9}", "\u{301}", "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🇩🇪🇩🇪🇩", "👍🏿", "한", "\u{1112}\u{1161}\u{11ab}", "ﬃ", "İı", "ß", "ﷺ",
        "\u{fffe}", "\u{ffff}", "\u{10ffff}", "\u{e000}", "..", "../..", "/", "/etc/passwd", "a/b", "a//b", "./a", "~",
        "a\\b", "C:\\", "con", ".bashrc", "%s%n%x", "{}", "[]", "\"", "\\u0000", "\\ud800", "'; drop table jobs; --",
        "mnist", "mnist@1", "mnist@0", "mnist@4294967296", "=", "a=", "=a", "a=b=c", ",", "1,2,,3", "-", "--", "0-0",
        "4294967295-0", "0-4294967295%4294967295", "24:00-00:60", "00:00-00:00", "+9999999999d", "1970-01-01 00:00",
        "2200-12-31 23:59", "2026-02-31 12:00", "3:1", "12:345", "99999999999999999999", "1s1s1s", "0s",
    ]

    /// Bytes that are no UTF-8: lone surrogates, overlong forms, cut sequences, what is beyond the last scalar.
    private static let invalid: [[UInt8]] = [
        [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xe0, 0x80, 0xaf],
        [0xf0, 0x80, 0x80, 0xaf],
        [0xf4, 0x90, 0x80, 0x80], [0xf5], [0xff], [0xfe, 0xff], [0x80], [0xbf], [0xc3], [0xe2, 0x82],
        [0xf0, 0x9f, 0x98],
        [0x61, 0xcc], [0xf8, 0x88, 0x80, 0x80, 0x80],
    ]

    /// One Character of many bytes, or many Characters.
    private static func long(_ random: inout FuzzRandom) -> String {
        let parts = [
            "\u{301}", "\u{200d}👩", "\u{fe0f}", "🏿", "e\u{301}", "a", "\u{202e}", "\n", "é", "\u{1160}", "/a", "1d",
        ]
        let count = random.pick([60, 150, 300, 1000, 4000, random.oneIn(20) ? 520_000 : 20_000])
        return random.pick(["e", "", "👩", "\u{1b}"]) + String(repeating: random.pick(parts), count: count)
    }
}
