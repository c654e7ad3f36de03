import Testing

@testable import Neural

/// Files that lie. None may crash, hang or be believed.
@Suite struct HostileSafetensorsTests {
    private static func file(_ header: String, data: Int = 0) -> [UInt8] {
        file(Array(header.utf8), data: data)
    }

    private static func file(_ header: [UInt8], data: Int = 0, claimed: UInt64? = nil) -> [UInt8] {
        let length = claimed ?? UInt64(header.count)
        return withUnsafeBytes(of: length.littleEndian) { Array($0) } + header + [UInt8](repeating: 0, count: data)
    }

    private static func entry(
        _ name: String = "a", dtype: String = "\"F32\"", shape: String = "[2]", offsets: String = "[0,8]"
    ) -> String {
        "\"\(name)\":{\"dtype\":\(dtype),\"shape\":\(shape),\"data_offsets\":\(offsets)}"
    }

    @Test func truncatedAtEveryLength() throws {
        let bytes = Safetensors.encode(
            [StoredTensor("a", [1, 2] as [Float], shape: [2]), StoredTensor("b", [3] as [Int64], shape: [])],
            metadata: ["k": "v"])
        _ = try Safetensors(bytes: bytes)
        for length in 0..<bytes.count {
            #expect(throws: SafetensorsError.self, "\(length) bytes") {
                try Safetensors(bytes: Array(bytes.prefix(length)))
            }
        }
    }

    /// Any single byte of the header may be any value: reading ends in an error or in a consistent file.
    @Test func changedAtEveryByte() throws {
        let bytes = Safetensors.encode([StoredTensor("a", [1, 2] as [Float], shape: [2])], metadata: ["k": "é"])
        var refused = 0
        for position in 0..<bytes.count - 8 {
            for value in [0, 1, 0x20, 0x22, 0x2C, 0x30, 0x39, 0x5B, 0x5C, 0x7B, 0x7D, 0x80, 0xFF] as [UInt8] {
                var changed = bytes
                changed[position] = value
                do {
                    let file = try Safetensors(bytes: changed)
                    let claimed = try file.names.reduce(0) { $0 + (try file.stored($1).bytes.count) }
                    #expect(claimed == 8, "byte \(position) set to \(value)")
                } catch {
                    refused += 1
                }
            }
        }
        #expect(refused > bytes.count)
    }

    @Test(arguments: [
        "[0,12]", "[0,4]", "[4,12]", "[8,0]", "[0]", "[0,8,16]", "[]", "[-8,0]", "[0,8.0]", "[0,8e0]", "[00,8]",
        "[0,18446744073709551624]", "[9223372036854775807,9223372036854775807]", "[0,\"8\"]", "null", "[0 8]", "[0,8,]",
    ])
    func lyingOffsets(offsets: String) {
        #expect(throws: SafetensorsError.self) {
            try Safetensors(bytes: Self.file("{\(Self.entry(offsets: offsets))}", data: 8))
        }
    }

    @Test(arguments: [
        "[3]", "[-2]", "[2.0]", "[4611686018427387905]", "[4294967296,4294967296,2]", "[9223372036854775807,2,0]",
        "[2305843009213693954]", "[1,1,1,1,1,1,1,1,2]", "[true]", "{}", "2", "[[2]]", "[2",
    ])
    func lyingShapes(shape: String) {
        #expect(throws: SafetensorsError.self) {
            try Safetensors(bytes: Self.file("{\(Self.entry(shape: shape))}", data: 8))
        }
    }

    @Test func dataOutsideTheFile() {
        #expect(throws: SafetensorsError.outsideFile(name: "a", end: 8, available: 7)) {
            try Safetensors(bytes: Self.file("{\(Self.entry())}", data: 7))
        }
    }

    @Test func overlap() {
        let header = "{\(Self.entry("a")),\(Self.entry("b", offsets: "[4,12]"))}"
        #expect(throws: SafetensorsError.notContiguous(name: "b", begin: 4, expected: 8)) {
            try Safetensors(bytes: Self.file(header, data: 12))
        }
        #expect(throws: SafetensorsError.self) {
            try Safetensors(bytes: Self.file("{\(Self.entry("a")),\(Self.entry("b"))}", data: 8))
        }
    }

    @Test func holes() {
        #expect(throws: SafetensorsError.notContiguous(name: "b", begin: 12, expected: 8)) {
            try Safetensors(
                bytes: Self.file("{\(Self.entry("a")),\(Self.entry("b", offsets: "[12,20]"))}", data: 20))
        }
        #expect(throws: SafetensorsError.unclaimedBytes(1)) {
            try Safetensors(bytes: Self.file("{\(Self.entry())}", data: 9))
        }
        #expect(throws: SafetensorsError.unclaimedBytes(1)) { try Safetensors(bytes: Self.file("{}", data: 1)) }
    }

    @Test func duplicates() {
        #expect(throws: SafetensorsError.duplicateName("a")) {
            try Safetensors(bytes: Self.file("{\(Self.entry()),\(Self.entry(offsets: "[8,16]"))}", data: 16))
        }
        // The same name behind an escape.
        #expect(throws: SafetensorsError.duplicateName("a")) {
            let header = "{\(Self.entry()),\(Self.entry("\\u0061", offsets: "[8,16]"))}"
            return try Safetensors(bytes: Self.file(header, data: 16))
        }
        #expect(throws: SafetensorsError.duplicateName("__metadata__")) {
            try Safetensors(bytes: Self.file("{\"__metadata__\":{},\"__metadata__\":{}}"))
        }
        #expect(throws: SafetensorsError.duplicateName("k")) {
            try Safetensors(bytes: Self.file("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}"))
        }
        #expect(throws: SafetensorsError.duplicateName("a.shape")) {
            let header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"shape\":[2],\"data_offsets\":[0,8]}}"
            return try Safetensors(bytes: Self.file(header, data: 8))
        }
    }

    @Test(arguments: [
        "", " ", "null", "[]", "\"a\"", "{", "}", "{}x", "{}{}", "{,}", "{\"a\"}", "{\"a\":1}", "{\"a\":{}}",
        "{\"a\":{}",
        "{\"__metadata__\":{\"k\":1}}", "{\"__metadata__\":{\"k\":{}}}", "{\"__metadata__\":[]}",
        "{\"__metadata__\":{\"k\":\"\\x\"}}", "{\"__metadata__\":{\"k\":\"\\u12\"}}",
        "{\"__metadata__\":{\"k\":\"\\ud800\"}}", "{\"__metadata__\":{\"k\":\"\\ud800\\u0041\"}}",
        "{\"__metadata__\":{\"k\":\"\\udc00\"}}", "{\"__metadata__\":{\"k\":\"\n\"}}", "{\"__metadata__\":{\"k\":\"",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"more\":[0,8]}}",
    ])
    func malformedHeaders(header: String) {
        #expect(throws: SafetensorsError.self) { try Safetensors(bytes: Self.file(header)) }
    }

    @Test(arguments: ["\"BF16\"", "\"f32\"", "\"\"", "1", "null"])
    func unknownTypes(dtype: String) {
        #expect(throws: SafetensorsError.self) {
            try Safetensors(bytes: Self.file("{\(Self.entry(dtype: dtype))}", data: 8))
        }
    }

    @Test(
        arguments: [[0xC0, 0xAF], [0xFF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]] as [[UInt8]])
    func namesOutsideUTF8(name: [UInt8]) {
        let header = Array("{\"__metadata__\":{\"".utf8) + name + Array("\":\"\"}}".utf8)
        #expect(throws: SafetensorsError.self) { try Safetensors(bytes: Self.file(header)) }
    }

    @Test(arguments: ["[", "{\"a\":", "{\"__metadata__\":{\"a\":[", "{\"a\":{\"shape\":["])
    func depthBombs(opening: String) {
        let bomb = String(repeating: opening, count: 1_000_000 / opening.utf8.count)
        #expect(throws: SafetensorsError.self) { try Safetensors(bytes: Self.file(bomb)) }
    }

    @Test func hugeHeaders() {
        for claimed in [100_000_001, UInt64(Int64.max), UInt64.max] {
            #expect(throws: SafetensorsError.headerTooLong(claimed)) {
                try Safetensors(bytes: Self.file(Array("{}".utf8), claimed: claimed))
            }
        }
        #expect(throws: SafetensorsError.truncated(needed: 100_000_008, found: 10)) {
            try Safetensors(bytes: Self.file(Array("{}".utf8), claimed: 100_000_000))
        }
    }

    @Test func tooManyTensors() {
        let entries = (0...Safetensors.tensorLimit).map { Self.entry("\($0)", shape: "[0]", offsets: "[0,0]") }
        #expect(throws: SafetensorsError.tooManyTensors(limit: Safetensors.tensorLimit)) {
            try Safetensors(bytes: Self.file("{\(entries.joined(separator: ","))}"))
        }
    }

    @Test func spaceAndEscapesAreRead() throws {
        let header =
            " {\n\t\"\\u0061\\/\\ud83c\\udf33\" : {\"shape\":[ 2 ], \"data_offsets\":[0 , 8],\"dtype\":\"F32\"}\r}  "
        let file = try Safetensors(bytes: Self.file(header, data: 8))
        #expect(file.names == ["a/🌳"])
    }

    @Test func twoTensorsCannotGetOneName() throws {
        let tensors = ["a.x", "b.x"].map { StoredTensor($0, [1] as [Float], shape: [1]) }
        let file = try Safetensors(bytes: Safetensors.encode(tensors))
        #expect(throws: SafetensorsError.duplicateName("x")) { try file.renamed { $0.rest(after: "a.") ?? "x" } }
    }

    /// The accent joins the point of the prefix to one Character; names are bytes.
    @Test func prefixesAreBytes() throws {
        let tensors = ["a.\u{301}x", "a.\u{302}x"].map { StoredTensor($0, [1] as [Float], shape: [1]) }
        let file = try Safetensors(bytes: Safetensors.encode(tensors))
        #expect(try file.under("a.").names == ["\u{301}x", "\u{302}x"])
    }

    @Test func aNameThatIsOneLongCharacterIsCutShort() {
        let name = "e" + String(repeating: "\u{301}", count: 100_000)
        #expect(SafetensorsError.missing(name).description.utf8.count < 500)
        #expect(name.shown(5).unicodeScalars.count == 6 && "abc".shown(3) == "abc")
    }

    /// Errors are shown to people: control characters of a hostile name are not.
    @Test func errorsPrintNoControlCharacters() {
        let text = SafetensorsError.missing("\u{1B}[2J\u{202E}" + String(repeating: "x", count: 1000)).description
        #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
        #expect(text.count < 200)
    }
}
