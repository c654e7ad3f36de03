import Synchronization
import Testing
import Wire

@testable import Calls

@Suite("The reply of a call: answer, waiter and cancellation in any order")
struct ReplyTests {
    private let answer = Result<Answer, RPCError>.success(Answer(payload: [1]))
    private let cancelled = Result<Answer, RPCError>.failure(RPCError(.cancelled, "no"))

    private final class Seen: Sendable {
        private let results = Mutex<[Result<Answer, RPCError>]>([])
        func add(_ result: Result<Answer, RPCError>) { results.withLock { $0.append(result) } }
        var all: [Result<Answer, RPCError>] { results.withLock { $0 } }
    }

    @Test("the waiter first")
    func waiterFirst() {
        let (reply, seen) = (Reply(), Seen())
        reply.whenDecided(seen.add)
        #expect(seen.all.isEmpty)
        reply.finish(answer)
        reply.finish(cancelled)
        #expect(seen.all == [answer])
    }

    @Test("the cancellation before the waiter")
    func cancelledFirst() {
        let (reply, seen) = (Reply(), Seen())
        reply.finish(cancelled)
        reply.finish(answer)
        reply.whenDecided(seen.add)
        #expect(seen.all == [cancelled])
    }

    @Test("several waiters, before and after")
    func several() {
        let (reply, seen) = (Reply(), Seen())
        reply.whenDecided(seen.add)
        reply.whenDecided(seen.add)
        reply.finish(answer)
        reply.whenDecided(seen.add)
        #expect(seen.all == [answer, answer, answer])
    }
}
