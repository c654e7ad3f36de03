import Wire

/// Looks over a TOML text before it is parsed. The parser calls itself for each part of a dotted key, and the stack of the
/// process ends before a large file does; reading what it has parsed takes the square of the time. So what nobody writes by
/// hand is refused by counting.
package struct TOMLBounds {
    /// Brackets and braces inside each other.
    package static let depth = 32
    /// Dots in one key.
    package static let dots = 32
    /// Keys, and elements of lists.
    package static let values = 20_000

    private var rest: ArraySlice<UInt8>
    private var line = 1
    private var depth = 0
    private var dots = 0
    private var values = 0

    /// - Parameter path: the file, for the sentence.
    /// - Throws: `RPCError` INVALID_ARGUMENT.
    package static func check(_ text: String, of path: String) throws(RPCError) {
        var bounds = TOMLBounds(rest: Array(text.utf8)[...])
        while let byte = bounds.rest.popFirst() {
            bounds.take(byte)
            if let excess = bounds.excess {
                throw RPCError(.invalidArgument, "line \(bounds.line) of '\(path)' has \(excess)")
            }
        }
    }

    private var excess: String? {
        if depth > Self.depth { return "more than \(Self.depth) brackets in each other; write it in simpler terms" }
        if dots > Self.dots { return "more than \(Self.dots) dots in a key; write it in simpler terms" }
        guard values > Self.values else { return nil }
        return "the file's value number \(values); write at most \(Limits.chainJobs) jobs into one file"
    }

    private init(rest: ArraySlice<UInt8>) { self.rest = rest }

    private mutating func take(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\n"): (line, dots) = (line + 1, 0)
        case UInt8(ascii: "#"): skip { $0 == UInt8(ascii: "\n") }
        case UInt8(ascii: "\""), UInt8(ascii: "'"): skipString(byte)
        case UInt8(ascii: "["), UInt8(ascii: "{"): (depth, dots) = (depth + 1, 0)
        case UInt8(ascii: "]"), UInt8(ascii: "}"): (depth, dots) = (max(0, depth - 1), 0)
        case UInt8(ascii: ","), UInt8(ascii: "="): (dots, values) = (0, values + 1)
        case UInt8(ascii: "."): dots += 1
        default: break
        }
    }

    /// Up to the first byte that is wanted, which stays.
    private mutating func skip(to isWanted: (UInt8) -> Bool) { rest = rest.drop { !isWanted($0) } }

    /// The rest of a string that began with `quote`. One on a single line ends with the line at the latest: the parser goes
    /// no further either.
    private mutating func skipString(_ quote: UInt8) {
        let hasEscapes = quote == UInt8(ascii: "\"")
        guard rest.starts(with: [quote, quote]) else {
            while let byte = rest.first, byte != UInt8(ascii: "\n") {
                rest.removeFirst()
                if byte == quote { return }
                if hasEscapes, byte == UInt8(ascii: "\\"), rest.first != UInt8(ascii: "\n") { _ = rest.popFirst() }
            }
            return
        }
        rest.removeFirst(2)
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\n") { line += 1 }
            if hasEscapes, byte == UInt8(ascii: "\\") {
                if rest.popFirst() == UInt8(ascii: "\n") { line += 1 }
            } else if byte == quote, rest.starts(with: [quote, quote]) {
                // One or two more belong to the string.
                let quotes = rest.prefix(4).prefix { $0 == quote }.count
                rest.removeFirst(quotes)
                return
            }
        }
    }
}
