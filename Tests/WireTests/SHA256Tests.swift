import Testing
import Wire

/// The vectors are NIST's (FIPS 180 examples and the CAVP byte-oriented messages).
@Suite struct SHA256Tests {
    static let cases: [(message: [UInt8], hash: String)] = [
        ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            Array(
                ("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
                    + "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu").utf8),
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
        ([0xd3], "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1"),
        ([0x11, 0xaf], "5ca7133fa735326081558ac312c620eeca9970d1e70a4b95533d956f072d1f98"),
        ([0xbd], "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b"),
    ]

    @Test(arguments: cases.indices)
    func hashes(index: Int) {
        #expect(SHA256.hexDigest(of: Self.cases[index].message) == Self.cases[index].hash)
    }

    @Test func hashesAMillionAs() {
        var hash = SHA256()
        let block = [UInt8](repeating: UInt8(ascii: "a"), count: 1000)
        for _ in 0..<1000 { hash.update(block) }
        #expect(
            Hexadecimal.text(hash.finish()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    /// Every length around the block and the padding, whole and in two pieces cut anywhere.
    @Test func piecesDoNotMatter() {
        for count in 0...130 {
            let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let whole = SHA256.digest(of: message)
            for cut in 0...count {
                var hash = SHA256()
                hash.update(Array(message.prefix(cut)))
                hash.update(Array(message.dropFirst(cut)))
                #expect(hash.finish() == whole)
            }
        }
    }

    @Test func knowsTheFormOfAHash() {
        #expect(SHA256.isHexDigest(Self.cases[0].hash))
        #expect(!SHA256.isHexDigest(Self.cases[0].hash.uppercased()))
        #expect(!SHA256.isHexDigest(String(Self.cases[0].hash.dropLast())))
        #expect(!SHA256.isHexDigest("../../etc/passwd"))
        #expect(!SHA256.isHexDigest(String(repeating: "/", count: 64)))
    }
}
