import Wire

/// Looks over a TOML text before it is parsed. The parser calls itself for each part of a dotted key, and the stack of the
/// process ends before a large file does; reading what it has parsed takes the square of the time. So what nobody writes by
/// hand is refused by counting. The parser also ends the process, by an assertion, where a table's name begins with a
/// character that needs quotes, where a list has a brace in the place of a value, in some times that are cut short, and at
/// some of Unicode's spaces and line separators. So
/// outside of quotes and comments there is only ASCII, as TOML has it, and nowhere a line separator but the usual ones;
/// times are of no use here anyway.
package struct TOMLBounds {
    /// Brackets and braces inside each other.
    package static let depth = 32
    /// Dots in one key.
    package static let dots = 32
    /// Keys, and elements of lists.
    package static let values = 20_000

    private var rest: ArraySlice<UInt8>
    private var line = 1
    /// The brackets and braces that are open: of lists, of inline tables, and of a table's name.
    private var open: [UInt8] = []
    private var dots = 0
    private var values = 0
    /// Whether there is no value yet on the line, so that a bracket opens a table's name.
    private var isBeforeValue = true
    private var needsQuotes = false
    /// Whether the next thing must be a value, or the end of a list.
    private var expectsValue = false
    private var lacksValue = false
    private var hasTime = false
    private var hasNUL = false
    private var isForeign = false
    private var previous: UInt8 = 0

    /// - Parameter path: the file, for the sentence.
    /// - Throws: `RPCError` INVALID_ARGUMENT.
    package static func check(_ text: String, of path: String) throws(RPCError) {
        for (number, line) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            let content = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard String(content)?.isSafe ?? false else {
                throw RPCError(
                    .invalidArgument,
                    "line \(number + 1) of '\(path)' has a control character, a line separator or a mark that turns the "
                        + "direction of text; take it out")
            }
        }
        var bounds = TOMLBounds(rest: Array(text.utf8)[...])
        // A byte order mark, as some editors write one.
        if text.unicodeScalars.first == "\u{FEFF}" { bounds.rest.removeFirst(3) }
        while let byte = bounds.rest.popFirst() {
            bounds.take(byte)
            if let excess = bounds.excess {
                throw RPCError(.invalidArgument, "line \(bounds.line) of '\(path)' has \(excess)")
            }
        }
    }

    private var excess: String? {
        if open.count > Self.depth {
            return "more than \(Self.depth) brackets in each other; write it in simpler terms"
        }
        if dots > Self.dots { return "more than \(Self.dots) dots in a key; write it in simpler terms" }
        if needsQuotes {
            return
                "a table whose name begins with none of a-z, A-Z, 0-9, - and _; put the name in quotes, as in [\"übung\"]"
        }
        if hasNUL { return "a NUL character in a text; take it out" }
        if lacksValue { return "no value where one must be; write one" }
        if isForeign { return "a character that TOML has no use for outside of quotes; put the text in quotes" }
        if hasTime { return "a date or a time; write it as text, in quotes" }
        guard values > Self.values else { return nil }
        return "the file's value number \(values); write at most \(Limits.chainJobs) jobs into one file"
    }

    private init(rest: ArraySlice<UInt8>) { self.rest = rest }

    private mutating func take(_ byte: UInt8) {
        if expectsValue { requireValue(byte) }
        switch byte {
        case UInt8(ascii: "\n"): (line, dots, isBeforeValue) = (line + 1, 0, open.isEmpty)
        case UInt8(ascii: "[") where isBeforeValue && open.isEmpty: openTable()
        case UInt8(ascii: "#"): skip { $0 == UInt8(ascii: "\n") }
        case UInt8(ascii: "\""), UInt8(ascii: "'"): skipString(byte)
        case Self.list, UInt8(ascii: "{"):
            open.append(byte)
            (dots, expectsValue) = (0, byte == Self.list)
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            _ = open.popLast()
            dots = 0
        case UInt8(ascii: "="): (dots, values, isBeforeValue, expectsValue) = (0, values + 1, false, true)
        case UInt8(ascii: ","): (dots, values, expectsValue) = (0, values + 1, open.last == Self.list)
        case UInt8(ascii: "."): dots += 1
        case UInt8(ascii: ":"): hasTime = true
        // Numbers have a sign at their beginning only, or behind the letter of their exponent.
        case UInt8(ascii: "-") where !isBeforeValue: hasTime = Self.digits.contains(previous)
        default: isForeign = byte >= 0x80
        }
        previous = byte
    }

    /// Where a value must be: only in a list may a line end before it, and the list itself.
    private mutating func requireValue(_ byte: UInt8) {
        let isInList = open.last == Self.list
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): return
        case UInt8(ascii: "\n"), UInt8(ascii: "#"):
            lacksValue = !isInList
            return
        case UInt8(ascii: "]"): lacksValue = !isInList
        case UInt8(ascii: "}"), UInt8(ascii: ","), UInt8(ascii: "="): lacksValue = true
        default: break
        }
        expectsValue = false
    }

    private static let list = UInt8(ascii: "[")
    /// Stands for a bracket around a table's name.
    private static let name = UInt8(ascii: "n")

    /// Behind the first bracket of `[name]` or `[[name]]`.
    private mutating func openTable() {
        open.append(Self.name)
        dots = 0
        if rest.first == UInt8(ascii: "[") {
            open.append(Self.name)
            rest.removeFirst()
        }
        skip { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        needsQuotes = !(rest.first.map(Self.canBeginName) ?? false)
    }

    private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

    private static func canBeginName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case digits, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        case UInt8(ascii: "\""), UInt8(ascii: "'"): true
        default: false
        }
    }

    /// Up to the first byte that is wanted, which stays.
    private mutating func skip(to isWanted: (UInt8) -> Bool) { rest = rest.drop { !isWanted($0) } }

    /// Behind a backslash. The parser's keys are C strings, which a NUL ends.
    private mutating func takeEscape() {
        let digits =
            switch rest.popFirst() {
            case UInt8(ascii: "u"): 4
            case UInt8(ascii: "U"): 8
            case UInt8(ascii: "x"): 2
            default: 0
            }
        let zeros = rest.prefix(digits).prefix { $0 == UInt8(ascii: "0") }.count
        if digits > 0, zeros == digits { hasNUL = true }
    }

    /// The rest of a string that began with `quote`. One on a single line ends with the line at the latest: the parser goes
    /// no further either.
    private mutating func skipString(_ quote: UInt8) {
        let hasEscapes = quote == UInt8(ascii: "\"")
        guard rest.starts(with: [quote, quote]) else {
            while let byte = rest.first, byte != UInt8(ascii: "\n") {
                rest.removeFirst()
                if byte == quote { return }
                if hasEscapes, byte == UInt8(ascii: "\\"), rest.first != UInt8(ascii: "\n") { takeEscape() }
            }
            return
        }
        rest.removeFirst(2)
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\n") { line += 1 }
            if hasEscapes, byte == UInt8(ascii: "\\") {
                if rest.first == UInt8(ascii: "\n") { line += 1 }
                takeEscape()
            } else if byte == quote, rest.starts(with: [quote, quote]) {
                // One or two more belong to the string.
                let quotes = rest.prefix(4).prefix { $0 == quote }.count
                rest.removeFirst(quotes)
                return
            }
        }
    }
}
