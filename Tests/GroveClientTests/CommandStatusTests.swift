import Testing

@testable import GroveClient

@Suite("Exit codes")
struct ExitStatusTests {
    @Test("are the documented numbers for ever")
    func numbers() {
        let expected: [CommandStatus: Int32] = [
            .success: 0, .failure: 1, .cancelled: 3, .expired: 4, .notFound: 5, .usage: 64, .unavailable: 69,
            .cannotWrite: 73, .temporary: 75, .interrupted: 130,
        ]
        #expect(expected.count == CommandStatus.allCases.count)
        for (status, number) in expected { #expect(status.rawValue == number) }
        for status in CommandStatus.allCases {
            #expect(CommandStatus.listing.contains("\(status.rawValue)  \(status.meaning)"))
        }
    }

    @Test("mirror the job")
    func jobs() {
        #expect(CommandStatus(JobState.succeeded) == .success)
        #expect(CommandStatus(JobState.failed) == .failure)
        #expect(CommandStatus(JobState.cancelled) == .cancelled)
        #expect(CommandStatus(JobState.expired) == .expired)
        #expect(CommandStatus(JobState.running) == .success)
        #expect(CommandStatus(JobState.UNRECOGNIZED(99)) == .success)
    }

    @Test(
        "follow the broker's status",
        arguments: [
            (.notFound, .notFound), (.invalidArgument, .usage), (.unavailable, .unavailable),
            (.deadlineExceeded, .temporary), (.resourceExhausted, .temporary), (.internal, .failure),
            (.alreadyExists, .failure), (.failedPrecondition, .failure), (.dataLoss, .failure),
        ] as [(StatusCode, CommandStatus)])
    func errors(_ code: StatusCode, _ status: CommandStatus) {
        #expect(CommandStatus(RPCError(code, "x")) == status)
    }

    @Test("an error is told as its sentence, without a code and without commands for the terminal")
    func sentences() {
        #expect(sentence(RPCError(.notFound, "no job x\u{1b}[2J")) == "no job x\u{fffd}[2J")
    }
}
