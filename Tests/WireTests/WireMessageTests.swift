import Testing
import Wire

/// Frames of strangers: whatever comes is either a message or a `WireError`, never a trap.
@Suite struct WireMessageTests {
    private let message = WireMessage(
        .request, callID: .random(), envelope: [1, 2, 3], payload: [4, 5], bulk: [6])

    @Test func comesBackAsItWas() throws {
        #expect(try WireMessage(frames: message.frames) == message)
        let data = WireMessage(.data, callID: .random(), sequence: 0xA1B2_C3D4, payload: [4, 5])
        #expect(try WireMessage(frames: data.frames) == data)
    }

    @Test func leavesAnEmptyBulkFrameOut() throws {
        var plain = message
        plain.bulk = []
        #expect(plain.frames.count == 4)
        #expect(try WireMessage(frames: plain.frames) == plain)
        #expect(throws: WireError.emptyBulk) { try WireMessage(frames: plain.frames + [[]]) }
    }

    @Test func refusesEveryTruncation() {
        let frames = message.frames
        for count in 0..<4 {
            #expect(throws: WireError.self) { try WireMessage(frames: Array(frames.prefix(count))) }
        }
        for index in 0..<2 {
            for length in 0..<frames[index].count {
                var cut = frames
                cut[index] = Array(cut[index].prefix(length))
                #expect(throws: WireError.self) { try WireMessage(frames: cut) }
            }
        }
    }

    @Test func everyFirstByteOfTheHeaderIsATypeOrRefused() throws {
        for byte in UInt8.min...UInt8.max {
            let type = MessageType(rawValue: byte)
            let id = type.map { [.request, .data, .end, .cancel, .credit].contains($0) } ?? true
            var frames = WireMessage(.request, callID: id ? .random() : .none).frames
            frames[1][0] = byte
            if let type {
                #expect(try WireMessage(frames: frames).type == type)
            } else {
                #expect(throws: WireError.unknownType(byte)) { try WireMessage(frames: frames) }
            }
        }
    }

    @Test(arguments: 2...4)
    func refusesAGiantFrame(index: Int) {
        var frames = message.frames
        frames[index] = [UInt8](repeating: 0, count: Limits.frameBytes + 1)
        #expect(throws: WireError.frameTooLarge(index: index, bytes: Limits.frameBytes + 1)) {
            try WireMessage(frames: frames)
        }
        frames[index].removeLast()
        #expect(throws: Never.self) { try WireMessage(frames: frames) }
    }

    @Test func looksAtTheVersionBeforeAnythingElse() {
        #expect(throws: WireError.unsupportedVersion(9)) { try WireMessage(frames: [[0x47, 0x52, 0x56, 9]]) }
    }

    @Test func survivesNoise() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let frames = (0..<Int.random(in: 0...7, using: &generator)).map { _ in
                (0..<Int.random(in: 0...40, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator)
                }
            }
            #expect(throws: WireError.self) { try WireMessage(frames: frames) }
        }
    }
}

@Suite struct CallIDTests {
    @Test func keepsItsBytesInOrder() throws {
        let bytes = [UInt8](0x10..<0x20)
        let id = try #require(CallID(bytes: bytes))
        #expect(id.bytes == bytes)
        #expect(id.description == "101112131415161718191a1b1c1d1e1f")
    }

    @Test func hasSixteenBytes() {
        #expect(CallID(bytes: [UInt8](repeating: 1, count: 15)) == nil)
        #expect(CallID(bytes: [UInt8](repeating: 1, count: 17)) == nil)
        #expect(CallID.random() != CallID.random())
    }
}
