import Testing
import Wire

@testable import Calls

@Suite("Sessions come and go, calls stay")
struct EngineSessionTests {
    @Test("the first thing is a connection and HELLO; calls wait for WELCOME")
    func greeting() throws {
        var machine = Machine()
        let start = machine.pass(.zero)
        #expect(start.connects)
        #expect(start.sentTypes == [.hello])
        let call = machine.open(timeout: .seconds(10))
        #expect(call.actions.isEmpty)
        _ = machine.pass(.seconds(1))
        let welcomed = machine.receive(.welcome())
        #expect(welcomed.sentTypes == [.request])
        let request = try #require(welcomed.sent.first)
        #expect(request.callID == call.id)
        #expect(request.payload == [7])
        #expect(try head(request).method == Method.jobsGet)
        #expect(try timeLeft(request) == .seconds(9))
    }

    @Test("a call without a time-out says so")
    func noTimeout() throws {
        var machine = Machine.connected()
        let request = try #require(machine.open().actions.sent.first)
        #expect(try head(request).timeoutUs == 0)
    }

    @Test("forgotten by the broker, it says HELLO again and repeats open calls in order, under their ids")
    func forgotten() throws {
        var machine = Machine.connected()
        let calls = (0..<3).map { _ in machine.open(timeout: .seconds(60)).id }
        #expect(machine.receive(.end(calls[1])).finished.count == 1)

        let forgotten = machine.receive(.sayHello)
        #expect(forgotten.sentTypes == [.hello])
        #expect(!forgotten.disconnects)
        guard case .sessionLost = forgotten.events.first else {
            Issue.record("no word of the lost session")
            return
        }
        // Answers to what was sent before HELLO change nothing.
        #expect(machine.receive(.sayHello).isEmpty)

        let again = machine.receive(.welcome(epoch: 2))
        #expect(again.sent.map(\.callID) == [calls[0], calls[2]])
        #expect(again.sentTypes == [.request, .request])
        guard case .sessionBegan(let session) = again.events.first else {
            Issue.record("no word of the new session")
            return
        }
        #expect(session.isNewEpoch)
        #expect(session.serverEpoch == [2])
    }

    @Test("the same broker after a broken connection is no new epoch")
    func sameEpoch() {
        var machine = Machine.connected()
        _ = machine.receive(.sayHello)
        guard case .sessionBegan(let session) = machine.receive(.welcome()).events.first else {
            Issue.record("no new session")
            return
        }
        #expect(!session.isNewEpoch)
    }

    @Test("idle, it sends PING every interval, and PONG keeps the session")
    func pings() {
        var machine = Machine.connected(interval: 1000, timeout: 3000)
        for _ in 0..<10 {
            #expect(machine.pass(.milliseconds(999)).isEmpty)
            #expect(machine.pass(.milliseconds(1)).sentTypes == [.ping])
            #expect(machine.receive(WireMessage(.pong)).isEmpty)
        }
    }

    @Test("busy sending but hearing nothing, it still asks with PING")
    func pingsWhenUnheard() {
        var machine = Machine.connected(interval: 1000, timeout: 3000)
        var pings = 0
        for _ in 0..<25 {
            pings += machine.open().actions.sentTypes.count { $0 == .ping }
            pings += machine.pass(.milliseconds(100)).sentTypes.count { $0 == .ping }
        }
        #expect(pings == 2)
    }

    @Test("a broker's PING is answered")
    func answersPing() {
        var machine = Machine.connected()
        #expect(machine.receive(WireMessage(.ping)).sentTypes == [.pong])
    }

    @Test("after silence for the time-out it connects anew, and repeats the calls")
    func silence() {
        var machine = Machine.connected(interval: 1000, timeout: 3000)
        let call = machine.open(timeout: .seconds(60)).id
        _ = machine.pass(.seconds(1))
        _ = machine.pass(.seconds(1))
        let lost = machine.pass(.seconds(1))
        #expect(lost.disconnects)
        // The first loss is mostly a restart: no pause.
        #expect(machine.pass(.zero).connects)
        #expect(machine.receive(.welcome()).sent.map(\.callID) == [call])
    }

    @Test("tries to connect come less and less often")
    func backsOff() {
        var machine = Machine()
        var times: [Duration] = []
        while times.count < 12 {
            guard let deadline = machine.engine.nextDeadline else { break }
            machine.now = deadline
            if machine.engine.tick(now: machine.now).connects { times.append(machine.now) }
        }
        let pauses = zip(times, times.dropFirst()).map { $1 - $0 }
        #expect(pauses[0] == .seconds(3))
        #expect(pauses[2] > pauses[1])
        #expect(pauses.allSatisfy { $0 <= .seconds(9) + .milliseconds(1) })
        #expect(pauses[10] > .seconds(6))
    }

    @Test("after GOAWAY calls under way are finished and new ones wait for the next broker")
    func goAway() {
        var machine = Machine.connected()
        let old = machine.open(timeout: .seconds(60)).id
        var goAway = Grove_V1_GoAway()
        goAway.reason = "maintenance"
        let told = machine.receive(WireMessage(.goAway, envelope: encode(goAway)))
        guard case .sessionLost(let reason) = told.events.first else {
            Issue.record("no word of GOAWAY")
            return
        }
        #expect(reason.contains("maintenance"))
        let new = machine.open(timeout: .seconds(60))
        #expect(new.actions.isEmpty)
        #expect(machine.pass(.milliseconds(10)).isEmpty)
        #expect(machine.receive(.end(old)).finished.count == 1)
        #expect(machine.pass(.zero).disconnects)
        #expect(machine.pass(.zero).connects)
        #expect(machine.receive(.welcome(epoch: 2)).sent.map(\.callID) == [new.id])
    }

    @Test("a broker that will not have us ends the calls with its reason, until one does")
    func refusal() {
        var machine = Machine()
        _ = machine.pass(.zero)
        let waiting = machine.open(timeout: .seconds(60)).id
        let reason = RPCError(.failedPrecondition, "only version 2 is spoken here")
        let refused = machine.receive(.error(reason))
        #expect(refused.error(of: waiting) == reason)
        #expect(refused.disconnects)
        let late = machine.open(timeout: .seconds(60))
        #expect(late.actions.error(of: late.id) == reason)
        // Not at once again, but not never.
        #expect(!machine.pass(.seconds(1)).connects)
        #expect(machine.pass(.seconds(6)).connects)
        _ = machine.receive(.welcome())
        #expect(machine.open().actions.sentTypes == [.request])
    }

    @Test("a WELCOME in another version is a refusal")
    func wrongVersion() {
        var machine = Machine()
        _ = machine.pass(.zero)
        let call = machine.open(timeout: .seconds(60)).id
        #expect(machine.receive(.welcome(version: 9)).error(of: call)?.code == .failedPrecondition)
        var other = Machine()
        _ = other.pass(.zero)
        let frames = [[0x47, 0x52, 0x56, 2], [UInt8](repeating: 0, count: 24), [], []]
        let second = other.open(timeout: .seconds(60)).id
        #expect(other.engine.receive(frames: frames, now: other.now).error(of: second)?.code == .failedPrecondition)
    }

    @Test("a socket that cannot be opened is named in the calls' error, and tried again")
    func noSocket() {
        var machine = Machine()
        _ = machine.pass(.zero)
        let call = machine.open(timeout: .seconds(60), patience: .seconds(1)).id
        #expect(machine.engine.linkFailed("too many open files", now: machine.now).disconnects)
        let later = machine.pass(.seconds(1))
        #expect(later.error(of: call) == RPCError(.unavailable, "too many open files"))
        #expect(later.connects)
    }

    @Test("a host that there is not is named instead of a broker that does not answer")
    func noHost() {
        var machine = Machine()
        _ = machine.pass(.zero)
        let first = machine.open(timeout: .seconds(60), patience: .seconds(1)).id
        machine.engine.hostLookedUp("there is no host 'x'")
        #expect(machine.pass(.seconds(1)).error(of: first) == RPCError(.unavailable, "there is no host 'x'"))
        // The network is back.
        machine.engine.hostLookedUp(nil)
        let second = machine.open(timeout: .seconds(60), patience: .seconds(1)).id
        #expect(machine.pass(.seconds(1)).error(of: second)?.message.hasPrefix("no broker answers") == true)
    }

    @Test("that nobody answers is reported each time that HELLO has been in vain")
    func unanswered() {
        var machine = Machine()
        _ = machine.pass(.zero)
        let reports = (0..<20).flatMap { _ in machine.pass(.seconds(1)) }.filter {
            if case .report(.unanswered(let reason)) = $0 { reason.hasPrefix("no broker answers at ") } else { false }
        }
        #expect(reports.count >= 3)
    }

    @Test("a connection that breaks before WELCOME gets another HELLO; a second WELCOME changes nothing")
    func brokenGreeting() {
        var machine = Machine()
        _ = machine.pass(.zero)
        let call = machine.open(timeout: .seconds(60)).id
        let again = machine.engine.connectionEnded(now: machine.now)
        #expect(again.sentTypes == [.hello])
        #expect(!again.disconnects)
        #expect(machine.receive(.welcome()).sent.map(\.callID) == [call])
        let second = machine.receive(.welcome())
        #expect(second.isEmpty)
        #expect(machine.receive(.end(call)).finished.count == 1)
    }

    @Test("a connection that broke is made anew at once, and open calls are repeated")
    func brokenConnection() {
        var machine = Machine.connected()
        let call = machine.open(timeout: .seconds(60)).id
        #expect(machine.engine.connectionEnded(now: machine.now).disconnects)
        #expect(machine.pass(.zero).connects)
        let repeated = machine.receive(.welcome())
        #expect(repeated.sent.contains { $0.callID == call && $0.type == .request })
    }

    @Test("waiting for a session ends with the session, or UNAVAILABLE")
    func waitingForSession() {
        var machine = Machine()
        _ = machine.pass(.zero)
        let early = machine.open(.session, timeout: .seconds(1)).id
        let patient = machine.open(.session, timeout: .seconds(10)).id
        let passed = machine.pass(.seconds(1))
        #expect(passed.error(of: early)?.code == .unavailable)
        let welcomed = machine.receive(.welcome())
        #expect(welcomed.finished[patient] == .success(Answer()))
        #expect(welcomed.sent.isEmpty)
        let late = machine.open(.session, timeout: .seconds(1))
        #expect(late.actions.finished[late.id] == .success(Answer()))
    }

    @Test("closing ends calls, tells the broker, and waits for its PONG but not for long")
    func closing() {
        var machine = Machine.connected()
        let call = machine.open().id
        let closing = machine.engine.close(now: machine.now)
        #expect(closing.error(of: call)?.code == .cancelled)
        #expect(closing.sentTypes == [.cancel, .ping])
        #expect(!closing.stops)
        let late = machine.open()
        #expect(late.actions.error(of: late.id)?.code == .cancelled)
        var other = machine
        #expect(machine.receive(WireMessage(.pong)).stops)
        #expect(machine.engine.nextDeadline == nil)
        #expect(other.pass(.milliseconds(199)).isEmpty)
        #expect(other.pass(.milliseconds(1)).stops)
    }

    @Test("closing with nothing under way is immediate")
    func closingIdle() {
        var machine = Machine.connected()
        #expect(machine.engine.close(now: machine.now).stops)
        #expect(machine.engine.close(now: machine.now).isEmpty)
    }
}
