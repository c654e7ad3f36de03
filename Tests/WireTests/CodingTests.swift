import Testing
import Wire

@Suite struct CodingTests {
    private var request: Grove_V1_SubmitRequest {
        var request = Grove_V1_SubmitRequest()
        request.spec.sample.tree.name = "mnist"
        request.spec.sample.count = 3
        return request
    }

    @Test func readsWhatItWrote() throws {
        #expect(try decode(Grove_V1_SubmitRequest.self, from: encode(request), what: "it") == request)
    }

    /// A prefix is either refused or, where it ends between two fields, a message with fewer of them.
    @Test func survivesEveryTruncation() {
        let bytes = encode(request)
        var refused = 0
        for length in 0..<bytes.count {
            do {
                _ = try decode(Grove_V1_SubmitRequest.self, from: Array(bytes.prefix(length)), what: "it")
            } catch {
                refused += 1
                #expect(error.code == .invalidArgument)
            }
        }
        #expect(refused > bytes.count / 2)
    }

    @Test func refusesAGiantWithoutReadingIt() {
        let bytes = [UInt8](repeating: 0xFF, count: Limits.frameBytes + 1)
        let error = #expect(throws: RPCError.self) { try decode(Grove_V1_Hello.self, from: bytes, what: "HELLO") }
        #expect(error?.message.contains("at most 1048576") == true)
    }

    /// A length that promises more than there is must not make us reserve it.
    @Test func refusesALengthThatLies() {
        #expect(throws: RPCError.self) {
            try decode(Grove_V1_SubmitRequest.self, from: [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07], what: "it")
        }
    }

    @Test func mapsEncodeTheSameEveryTime() {
        var facts = Grove_V1_ArtifactFacts()
        for index in 0..<50 { facts.metrics["metric \(index)"] = Double(index) }
        let first = encode(facts)
        for _ in 0..<5 {
            var again = Grove_V1_ArtifactFacts()
            for index in (0..<50).shuffled() { again.metrics["metric \(index)"] = Double(index) }
            #expect(encode(again) == first)
        }
    }
}
