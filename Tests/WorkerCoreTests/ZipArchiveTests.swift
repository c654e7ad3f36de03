import Foundation
import Testing
import WorkerCore

@Suite struct ZipArchiveTests {
    private let members: [(name: String, bytes: [UInt8])] = [
        ("images/00000.png", Array(0...255)), ("empty", []), ("z", Array(repeating: 9, count: 70_000)),
    ]

    private var archive: [UInt8] {
        var archive = ZipArchive()
        for member in members { archive.add(member.name, member.bytes) }
        return archive.bytes
    }

    /// Reads it as an unpacker does: the end record, from there the directory, from there each file (APPNOTE 4.3).
    @Test func itIsReadFromItsEnd() throws {
        let bytes = archive
        let end = bytes.count - 22
        #expect(number(bytes, end, 4) == 0x0605_4B50)
        #expect(number(bytes, end + 8, 2) == members.count && number(bytes, end + 10, 2) == members.count)
        var entry = number(bytes, end + 16, 4)
        #expect(entry + number(bytes, end + 12, 4) == end)
        for member in members {
            try #require(number(bytes, entry, 4) == 0x0201_4B50)
            #expect(number(bytes, entry + 16, 4) == Int(checksum(member.bytes)))
            let nameLength = number(bytes, entry + 28, 2)
            #expect(text(bytes, entry + 46, nameLength) == member.name)
            let file = number(bytes, entry + 42, 4)
            try #require(number(bytes, file, 4) == 0x0403_4B50)
            // Version, flags, method, time, checksum and sizes are said twice, the same.
            #expect(bytes[(file + 4)..<(file + 30)] == bytes[(entry + 6)..<(entry + 32)])
            #expect(number(bytes, file + 8, 2) == 0, "stored")
            for size in [18, 22] { #expect(number(bytes, file + size, 4) == member.bytes.count) }
            let start = file + 30 + number(bytes, file + 26, 2)
            #expect(Array(bytes[start..<(start + member.bytes.count)]) == member.bytes)
            entry += 46 + nameLength
        }
        #expect(entry == end)
    }

    @Test func equalFilesMakeEqualArchives() {
        #expect(archive == archive)
        #expect(ZipArchive().bytes.count == 22)
    }

    private func number(_ bytes: [UInt8], _ offset: Int, _ size: Int) -> Int {
        (0..<size).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }

    private func text(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> String {
        String(decoding: bytes[offset..<(offset + count)], as: UTF8.self)
    }
}
