/// Text from a peer or a file that ends on somebody's terminal, in a log, or in a file's name.
///
/// A scalar is unsafe when it does something instead of being seen: the controls of C0 (but the tab), DEL and C1, which
/// move cursors and rename windows; the line and paragraph separators, which split lines; and what turns the direction
/// of the text around it, so that a name reads as another one.
extension Unicode.Scalar {
    package var isSafe: Bool {
        if value < 128 { return value >= 32 && value != 127 || self == "\t" }
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return false
        default: return !properties.isBidiControl
        }
    }
}

extension String {
    /// Whether nothing in it is unsafe.
    package var isSafe: Bool { unicodeScalars.allSatisfy(\.isSafe) }

    /// Whether it can be a name: safe, and without tabs, which would break a table.
    package var isSafeName: Bool { isSafe && !utf8.contains(UInt8(ascii: "\t")) }

    /// With "�" in place of each unsafe scalar.
    package var printable: String {
        isSafe ? self : String(UnicodeScalarView(unicodeScalars.map { $0.isSafe ? $0 : "\u{FFFD}" }))
    }

    /// As `printable`, but it stays in its lines.
    package var printableLines: String {
        isSafe
            ? self
            : String(UnicodeScalarView(unicodeScalars.map { $0.isSafe || $0 == "\n" ? $0 : "\u{FFFD}" }))
    }

    /// Its beginning as it can be quoted in a sentence.
    package var excerpt: String { printable(toBytes: 80) }

    /// Its beginning as `printable`, of at most `limit` bytes: a "�" may take more of them than what it stands for.
    package func printable(toBytes limit: Int) -> String { cut(toBytes: limit).printable.cut(toBytes: limit) }

    /// Its beginning, of at most `limit` bytes of UTF-8 and whole scalars. A limit in bytes cannot be kept by counting
    /// Characters: one of them may have thousands of bytes.
    package func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(startIndex, offsetBy: max(limit, 0))
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(unicodeScalars[..<end])
    }
}
