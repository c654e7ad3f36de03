import Testing
import Wire

@Suite struct StatusTests {
    @Test func codesAreGRPCs() {
        #expect(StatusCode.allCases.map(\.rawValue) == Array(0...16))
        #expect(StatusCode(rawValue: 5) == .notFound)
        #expect(StatusCode(rawValue: 16)?.name == "UNAUTHENTICATED")
        #expect(StatusCode.allCases.filter(\.isRetriable) == [.unavailable])
    }

    @Test func errorsTravelWhole() {
        let error = RPCError(
            .resourceExhausted, "the disk is full", violations: [.init(field: "a.b", description: "too much")],
            retryAfter: .milliseconds(1500))
        #expect(RPCError(error.status) == error)
    }

    @Test func anUnknownCodeIsUnknown() {
        var status = Grove_V1_Status()
        status.code = 99
        status.message = "from the future"
        #expect(RPCError(status) == RPCError(.unknown, "from the future"))
    }

    @Test func okIsNoError() {
        #expect(RPCError(Grove_V1_Status()) == nil)
    }
}
