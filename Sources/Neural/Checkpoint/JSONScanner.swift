/// Reads the JSON of a safetensors header from left to right.
///
/// Callers say what must come next, so nothing nests deeper than the header's own three levels and no document, however
/// hostile, costs more than one pass over its bytes.
struct JSONScanner {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// What to throw where something else than `expected` stands; the offset counts from the file's start.
    func failure(_ expected: String) -> SafetensorsError {
        .malformedHeader(expected: expected, offset: 8 + position)
    }

    /// Reads `{"key": value, ...}`; `member` reads each value.
    mutating func object(
        _ member: (inout JSONScanner, String) throws(SafetensorsError) -> Void
    ) throws(SafetensorsError) {
        try expect("{")
        if skip("}") { return }
        repeat {
            let key = try string()
            try expect(":")
            try member(&self, key)
        } while skip(",")
        try expect("}")
    }

    /// Reads `[n, ...]`; nil where there are more than `limit` numbers.
    mutating func integers(atMost limit: Int) throws(SafetensorsError) -> [Int]? {
        try expect("[")
        if skip("]") { return [] }
        var values: [Int] = []
        repeat {
            guard values.count < limit else { return nil }
            values.append(try integer())
        } while skip(",")
        try expect("]")
        return values
    }

    /// Reads a number that is a whole one, not negative and written in digits alone.
    mutating func integer() throws(SafetensorsError) -> Int {
        skipSpace()
        let start = position
        var value = 0
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            guard !overflow && !carry else { throw failure("a number below 2⁶³") }
            value = sum
            position += 1
        }
        guard position > start, position == start + 1 || bytes[start] != UInt8(ascii: "0") else {
            throw failure("a whole number that is not negative")
        }
        return value
    }

    /// Reads a string.
    mutating func string() throws(SafetensorsError) -> String {
        try expect("\"")
        let start = position
        while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if peek == UInt8(ascii: "\"") {
            defer { position += 1 }
            return try text(bytes[start..<position])
        }
        position = start
        return try escapedString()
    }

    /// Checks that only space follows.
    mutating func end() throws(SafetensorsError) {
        skipSpace()
        guard position == bytes.count else { throw failure("the header's end") }
    }

    // MARK: Escapes

    private mutating func escapedString() throws(SafetensorsError) -> String {
        var unescaped: [UInt8] = []
        while let byte = peek, byte >= 0x20 {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return try text(unescaped)
            case UInt8(ascii: "\\"): unescaped.append(contentsOf: String(try escape()).utf8)
            default: unescaped.append(byte)
            }
        }
        throw failure("the string's closing quote")
    }

    private mutating func escape() throws(SafetensorsError) -> Unicode.Scalar {
        guard let byte = peek else { throw failure("an escape") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw failure("an escape that JSON knows")
        }
    }

    private mutating func unicodeEscape() throws(SafetensorsError) -> Unicode.Scalar {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        // Beyond the first plane JSON writes two UTF-16 surrogates.
        guard UTF16.isLeadSurrogate(UInt16(first)), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw failure("the second half of a surrogate pair")
        }
        let second = try hexadecimal()
        guard UTF16.isTrailSurrogate(UInt16(second)),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw failure("the second half of a surrogate pair") }
        return scalar
    }

    private mutating func hexadecimal() throws(SafetensorsError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw failure("four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    // MARK: Bytes

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        return take(UInt8(ascii: character))
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(SafetensorsError) {
        guard skip(character) else { throw failure("\"\(character)\"") }
    }

    private func text(_ utf8: some Sequence<UInt8>) throws(SafetensorsError) -> String {
        guard let text = String(validating: utf8, as: UTF8.self) else { throw failure("a string in UTF-8") }
        return text
    }
}
