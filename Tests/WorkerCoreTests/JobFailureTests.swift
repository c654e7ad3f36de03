import Foundation
import Models
import Neural
import Testing
import Wire

@testable import WorkerCore

@Suite struct JobFailureTests {
    private struct Surprise: Error {
        let text: String
    }

    /// INTERNAL is tried again, INVALID_ARGUMENT is not.
    @Test func anErrorThatNobodyForesawIsNotTheJobsFault() {
        for error: any Error in [
            Surprise(text: "x"), CancellationError(),
            EncodingError.invalidValue(1, .init(codingPath: [], debugDescription: "")),
        ] {
            #expect(RPCError(endingJob: error).code == .internal, "\(error)")
        }
        let long = RPCError(endingJob: Surprise(text: String(repeating: "e\u{301}", count: 100_000)))
        #expect(long.message.utf8.count < Limits.statusMessageBytes)
    }

    @Test func whatIsWrongWithAFileIsTheJobsFault() throws {
        #expect(RPCError(endingJob: DatasetError("d")).code == .invalidArgument)
        let broken = #expect(throws: SafetensorsError.self) { try Safetensors(bytes: [1, 2, 3]) }
        #expect(try RPCError(endingJob: #require(broken)).code == .invalidArgument)
        #expect(RPCError(endingJob: JobError(.notFound, "x")).code == .notFound)
        #expect(RPCError(endingJob: RPCError(.dataLoss, "x")).code == .dataLoss)
        #expect(RPCError(endingJob: CocoaError(.fileWriteOutOfSpace)).code == .resourceExhausted)
    }
}
