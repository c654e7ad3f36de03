import Testing
import Wire

@Suite struct DatasetFileTests {
    private static func png(_ width: UInt32, _ height: UInt32, colour: UInt8 = 0) -> [UInt8] {
        func number(_ value: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8) + number(width)
            + number(height) + [8, colour, 0, 0, 0, 0, 0, 0, 0]
    }

    private func kind(_ head: [UInt8], name: String = "x.png", size: UInt64? = nil) throws -> DatasetFile {
        try DatasetFile(name: name, head: head, size: size ?? UInt64(head.count))
    }

    private func refusal(_ head: [UInt8], name: String = "x.png", size: UInt64? = nil) -> String {
        #expect(throws: RPCError.self) { try kind(head, name: name, size: size) }?.message ?? ""
    }

    @Test func knownFormatsAreKnownByTheirFirstBytes() throws {
        #expect(try kind([0, 0, 8, 3] + Array(repeating: 0, count: 12)) == .images)
        #expect(try kind([0x1F, 0x8B, 8]) == .gzip)
        #expect(try kind([8, 0, 0, 0, 0, 0, 0, 0] + Array("{}      ".utf8)) == .images)
        #expect(try kind([9] + Array(repeating: 200, count: 511), size: 3073 * 7) == .images)
        #expect(try kind([77, 1, 2], name: "cifar-10/data_batch_1.bin") == .images)
        guard case .png(let grey) = try kind(Self.png(28, 20)),
            case .png(let colour) = try kind(Self.png(28, 20, colour: 3))
        else {
            Issue.record("a PNG file is not known")
            return
        }
        #expect([grey.width, grey.height, grey.channels, colour.channels] == [28, 20, 1, 3])
    }

    @Test func otherFilesAreRefusedWithWhatToDo() {
        #expect(
            refusal(Array("root:x:0:0:root:/root:/bin/bash".utf8), name: "/etc/passwd").hasPrefix("'/etc/passwd' is no")
        )
        #expect(refusal(Self.png(5, 5), name: "picture").contains("does not end in .png"))
        #expect(refusal([0xFF, 0xD8, 0xFF, 0xE0]).contains("JPEG image; convert"))
        #expect(refusal([0x50, 0x4B, 3, 4]).contains("zip"))
        #expect(refusal([0x80, 0x02, 0x7D, 0], name: "data_batch_1").contains("Python"))
        #expect(refusal(Array(repeating: 65, count: 257) + Array("ustar".utf8) + [0]).contains("tar"))
        #expect(refusal([]).contains("is empty"))
        #expect(refusal([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF] + Array("{}".utf8)).contains("is no file"))
        for (width, height) in [(8192, 4096), (1025, 1), (1, 1025), (0, 1), (UInt32.max, UInt32.max)] {
            #expect(
                refusal(Self.png(width, height)).contains("\(width)×\(height) pixels; scale it to sides of 1 to 1024"))
        }
    }

    /// Every beginning of every file is an answer, never an end.
    @Test func noBeginningOfAFileIsTooShort() {
        for whole in [Self.png(5, 5), [0, 0, 8, 3], Array(repeating: 0, count: 40), Array(repeating: 123, count: 300)] {
            for count in 0...whole.count {
                // A file may have grown or shrunk since its size was asked for.
                for size in [0, 1, 9, 3073, UInt64(count) + 1, .max] {
                    do {
                        _ = try kind(Array(whole[..<count]), size: size)
                    } catch {
                        #expect("\(error)".isEmpty == false)
                    }
                }
            }
        }
    }

    @Test func filesOfOneDatasetAreAlike() throws {
        let (one, other) = (try kind(Self.png(28, 28)), try kind(Self.png(28, 20)))
        #expect(
            one.goes(with: one) && !one.goes(with: other) && !one.goes(with: .images)
                && !DatasetFile.gzip.goes(with: one))
        #expect(DatasetFile.gzip.goes(with: .images) && DatasetFile.images.goes(with: .gzip))
    }
}
