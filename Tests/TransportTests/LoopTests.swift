import Testing

@testable import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("Waiting and being woken")
struct LoopTests {
    @Test("another thread ends a long wait")
    func wakeFromThread() throws {
        let wakeup = try Wakeup()
        let poller = Poller(wakeup: wakeup)
        let thread = try SocketThread(name: "waker") { wakeup.signal() }
        #expect(try poller.wait(atMost: .seconds(60)).wasWoken)
        thread.join()
    }

    @Test("many signals are one wake-up, and the next one is new")
    func coalescing() throws {
        let wakeup = try Wakeup()
        let poller = Poller(wakeup: wakeup)
        for _ in 0..<3 {
            for _ in 0..<100_000 { wakeup.signal() }
            #expect(try poller.wait(atMost: .zero).wasWoken)
            #expect(try poller.wait(atMost: .zero).isEmpty)
        }
    }

    @Test("nothing posted by four threads at once is lost or out of order, and every wait ends")
    func mailbox() throws {
        let wakeup = try Wakeup()
        let poller = Poller(wakeup: wakeup)
        let boxes = (0..<2).map { _ in Mailbox<(thread: Int, number: Int)>(wakeup: wakeup) }
        let count = 20_000
        let threads = try (0..<4).map { thread in
            try SocketThread(name: "poster-\(thread)") {
                for number in 0..<count { boxes[thread % 2].post((thread, number)) }
            }
        }
        var next = [0, 0, 0, 0]
        var isOrdered = true
        while next.reduce(0, +) < 4 * count {
            // Posters never pause for so long: running out of time means that a wake-up was lost.
            try #require(try poller.wait(atMost: .seconds(60)).wasWoken)
            for message in boxes.flatMap({ $0.drain() }) {
                isOrdered = isOrdered && message.number == next[message.thread]
                next[message.thread] += 1
            }
        }
        for thread in threads { thread.join() }
        #expect(isOrdered)
        #expect(next == [count, count, count, count])
    }

    @Test("a closed mailbox gives back what it held and refuses the rest")
    func closedMailbox() throws {
        let mailbox = Mailbox<Int>(wakeup: try Wakeup())
        #expect(mailbox.post(1))
        #expect(mailbox.close() == [1])
        #expect(!mailbox.post(2))
        #expect(mailbox.drain() == [])
    }

    @Test("a wait tells sockets apart and reports what was left unread again")
    func readiness() throws {
        let pair = try Pair()
        let idle = try Router(pair.context)
        _ = try idle.bind("inproc://idle")
        let wakeup = try Wakeup()
        let poller = Poller(wakeup: wakeup)
        poller.watch(pair.router)
        poller.watch(idle)
        #expect(try poller.wait(atMost: .milliseconds(1)).isEmpty)
        try pair.request([[1]])
        for _ in 0..<2 {
            let ready = try poller.wait(atMost: .seconds(60))
            #expect(ready.isReadable(pair.router) && !ready.isReadable(idle) && !ready.wasWoken)
            #expect(!ready.isWritable(pair.router))
        }
        wakeup.signal()
        let both = try poller.wait(atMost: .seconds(60))
        #expect(both.isReadable(pair.router) && both.wasWoken)
        poller.forget(pair.router)
        #expect(try poller.wait(atMost: .zero).isEmpty)
    }

    @Test("a dealer is writable once its connection stands")
    func writable() throws {
        let context = try ZeroMQContext()
        let dealer = try Dealer(context)
        let poller = Poller()
        poller.watch(dealer, for: [.readable, .writable])
        #expect(try poller.wait(atMost: .zero).isEmpty)
        let router = try Router(context)
        try dealer.connect(try router.bind("tcp://127.0.0.1:*"))
        let ready = try poller.wait(atMost: .seconds(60))
        #expect(ready.isWritable(dealer) && !ready.isReadable(dealer))
        #expect(try dealer.send([[1]]) == .sent)
    }

    @Test("a Unix signal ends a wait early and empty")
    func interrupted() throws {
        signal(SIGUSR1) { _ in }
        let (callers, wakeup) = (Mailbox<pthread_t>(wakeup: try Wakeup()), try Wakeup())
        let results = Mailbox<Bool>(wakeup: wakeup)
        let thread = try SocketThread(name: "interrupted") {
            callers.post(pthread_self())
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGUSR1)
            pthread_sigmask(SIG_UNBLOCK, &signals, nil)
            do {
                let isEmpty = try Poller(wakeup: try Wakeup()).wait().isEmpty
                results.post(isEmpty)
            } catch {
                Issue.record(error)
            }
        }
        var target: pthread_t?
        var result: [Bool] = []
        // A signal that comes before the wait has begun is without effect, so it is sent until the wait has ended.
        try poll(Poller(wakeup: wakeup)) {
            target = callers.drain().first ?? target
            result += results.drain()
            if let target, result.isEmpty { pthread_kill(target, SIGUSR1) }
            return !result.isEmpty
        }
        thread.join()
        #expect(result == [true])
    }

    @Test("a thread runs its body to the end before join returns, and joining again is harmless")
    func join() throws {
        let (orders, results) = (try Wakeup(), try Wakeup())
        let order = Mailbox<Int>(wakeup: orders)
        let result = Mailbox<Int>(wakeup: results)
        let thread = try SocketThread(name: "a name longer than fifteen bytes") {
            let poller = Poller(wakeup: orders)
            do {
                while try !poller.wait().wasWoken {}
                for number in order.drain() { result.post(number + 1) }
            } catch {
                Issue.record(error)
            }
        }
        #expect(result.drain() == [])
        order.post(1)
        thread.join()
        thread.join()
        #expect(result.drain() == [2])
    }

    @Test("milliseconds round up, so that a short wait is none that spins")
    func milliseconds() {
        #expect(Duration.zero.roundedUpMilliseconds == 0)
        #expect(Duration.seconds(-1).roundedUpMilliseconds == 0)
        #expect(Duration.nanoseconds(1).roundedUpMilliseconds == 1)
        #expect(Duration.milliseconds(1500).roundedUpMilliseconds == 1500)
        #expect((Duration.milliseconds(1500) + .nanoseconds(1)).roundedUpMilliseconds == 1501)
        #expect(Duration.seconds(100_000_000).roundedUpMilliseconds == .max)
    }

    @Test("the clock only goes forward")
    func clock() {
        let readings = (0..<1000).map { _ in MonotonicClock.now }
        #expect(readings == readings.sorted() && readings[0] >= .zero)
    }
}
