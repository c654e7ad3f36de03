import Testing
import Wire

@testable import Calls

@Suite("Whatever the broker sends, the engine goes on")
struct EngineHostilityTests {
    @Test("frames that are no message are reported and thrown away")
    func garbage() {
        var machine = Machine.connected()
        let call = machine.open().id
        let valid = WireMessage.end(call).frames
        let bad: [[[UInt8]]] = [
            [], [[]], [[1, 2, 3]], Array(valid.dropLast()), valid + [[1], [2]],
            [valid[0], Array(valid[1].dropLast()), valid[2], valid[3]],
            [valid[0], [200] + valid[1].dropFirst(), valid[2], valid[3]],
            [valid[0], valid[1], [UInt8](repeating: 0, count: Limits.frameBytes + 1), []],
        ]
        for frames in bad {
            let actions = machine.engine.receive(frames: frames, now: machine.now)
            #expect(actions.count == 1)
            guard case .ignored = actions.events.first else {
                Issue.record("not reported: \(frames.map(\.count))")
                continue
            }
        }
        #expect(machine.engine.receive(frames: valid, now: machine.now).finished.count == 1)
    }

    @Test("envelopes that cannot be read: WELCOME is thrown away, END ends its call")
    func unreadableEnvelopes() {
        let junk: [UInt8] = [0xff, 0xff, 0xff, 0xff]
        var greeting = Machine()
        _ = greeting.pass(.zero)
        guard case .ignored = greeting.receive(WireMessage(.welcome, envelope: junk)).events.first else {
            Issue.record("an unreadable WELCOME was taken")
            return
        }
        #expect(!greeting.receive(.welcome()).events.isEmpty)

        var machine = Machine.connected()
        let call = machine.open().id
        #expect(machine.receive(WireMessage(.end, callID: call, envelope: junk)).error(of: call)?.code == .internal)
        #expect(machine.receive(WireMessage(.error, envelope: junk)).events.count == 1)
        #expect(machine.receive(WireMessage(.goAway, envelope: junk)).events.count == 1)
    }

    @Test("a WELCOME with absurd numbers is put into bounds")
    func absurdWelcome() {
        var machine = Machine()
        _ = machine.pass(.zero)
        let actions = machine.receive(.welcome(interval: 0, timeout: .max, credit: .max))
        guard case .sessionBegan(let session) = actions.events.first else {
            Issue.record("no session")
            return
        }
        #expect(session.heartbeatInterval >= .milliseconds(50))
        #expect(session.heartbeatTimeout <= .seconds(600))
        #expect(session.streamCredit <= Limits.maximumStreamCredit)
    }

    /// Random events, right and wrong, in any order: each call ends once at most, and after a tick the next deadline
    /// lies ahead, or the thread would spin.
    @Test("any order of events keeps the promises", arguments: 0..<40)
    func anything(_ seed: Int) {
        var numbers = SeededNumbers(state: UInt64(seed) &* 977 &+ 1)
        var machine = Machine()
        var opened: [CallID] = []
        var ended: [CallID: Int] = [:]
        for _ in 0..<400 {
            var actions: [EngineAction] = []
            let id = opened.randomElement(using: &numbers) ?? .none
            switch Int.random(in: 0..<12, using: &numbers) {
            case 0 where opened.count < 200:
                let shape: CallRequest.Shape =
                    [.unary, .serverStream, .session].randomElement(using: &numbers) ?? .unary
                let call = machine.open(
                    shape, timeout: Bool.random(using: &numbers) ? .seconds(2) : nil,
                    patience: Bool.random(using: &numbers) ? .seconds(1) : nil)
                opened.append(call.id)
                actions = call.actions
            case 1: actions = machine.receive(.welcome(epoch: UInt8.random(in: 0...3, using: &numbers)))
            case 2: actions = machine.receive(.end(id))
            case 3: actions = machine.receive(.end(id, RPCError(.unavailable, "busy")))
            case 4: actions = machine.receive(.data(id, UInt32.random(in: 0...2, using: &numbers)))
            case 5: actions = machine.receive(.sayHello)
            case 6: actions = machine.receive(WireMessage(.goAway))
            case 7: actions = machine.receive(.error(RPCError(.failedPrecondition, "no")))
            case 8: actions = machine.engine.took(1, bytes: 10, of: id, now: machine.now)
            case 9:
                // Its owner has been told already.
                actions = machine.engine.cancel(id, now: machine.now)
                if ended[id] == nil { ended[id] = 0 }
            case 10: actions = machine.engine.linkFailed("broken", now: machine.now)
            default: actions = machine.pass(.milliseconds(Int.random(in: 0...1500, using: &numbers)))
            }
            // Twice: a link that is lost may be due again at once.
            actions += machine.pass(.zero) + machine.pass(.zero)
            for case .finish(let id, _) in actions { ended[id, default: 0] += 1 }
            #expect(ended.values.allSatisfy { $0 <= 1 })
            #expect(machine.engine.nextDeadline.map { $0 > machine.now } ?? false)
        }
        var last = machine.engine.close(now: machine.now)
        last += machine.pass(.seconds(1))
        #expect(last.stops || machine.engine.nextDeadline == nil)
        for case .finish(let id, _) in last { ended[id, default: 0] += 1 }
        #expect(opened.allSatisfy { ended[$0] != nil })
        #expect(ended.values.allSatisfy { $0 <= 1 })
    }
}

/// SplitMix64.
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}
