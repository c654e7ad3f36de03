import Testing

@testable import GroveClient

@Suite("Keeping a broker and its workers going")
struct SupervisorTests {
    private func running(workers: Int = 2) -> Supervisor {
        var supervisor = Supervisor(workers: workers)
        _ = supervisor.begin(now: .zero)
        _ = supervisor.brokerIsReady(at: "tcp://x:1", now: .seconds(1))
        return supervisor
    }

    @Test("the broker first, workers when it is ready")
    func order() {
        var supervisor = Supervisor(workers: 2)
        #expect(supervisor.begin(now: .zero) == [.start(.broker)])
        #expect(
            supervisor.brokerIsReady(at: "tcp://x:1", now: .seconds(1))
                == [.start(.worker(1)), .start(.worker(2)), .ready(endpoint: "tcp://x:1")])
        #expect(supervisor.brokerIsReady(at: "tcp://y:1", now: .seconds(1)) == [])
        #expect(supervisor.endpoint == "tcp://x:1")
    }

    @Test("a broker that is never ready is given up")
    func neverReady() {
        var supervisor = Supervisor(workers: 1)
        _ = supervisor.begin(now: .zero)
        #expect(supervisor.tick(now: .seconds(59)) == [])
        #expect(supervisor.tick(now: .seconds(60)).contains(.stop(.broker)))
        #expect(supervisor.ended(.broker, .exited(0), now: .seconds(61)) == [.finish(.failure)])
    }

    @Test("a worker that crashes is started again, later and later")
    func restarts() {
        var supervisor = running(workers: 1)
        var now = Duration.seconds(2)
        var pauses: [Duration] = []
        for _ in 0..<8 {
            let died = now
            guard case .say = supervisor.ended(.worker(1), .exited(1), now: now).first else {
                Issue.record("nothing was said")
                return
            }
            while supervisor.tick(now: now) != [.start(.worker(1))] { now += .milliseconds(100) }
            pauses.append(now - died)
        }
        #expect(pauses[0] < .seconds(2))
        #expect(pauses[3] > pauses[1])
        #expect(pauses.allSatisfy { $0 <= .seconds(37) })
        // After a long life the pause is short again.
        now += .seconds(300)
        _ = supervisor.ended(.worker(1), .exited(0), now: now)
        #expect(supervisor.tick(now: now + .seconds(2)) == [.start(.worker(1))])
    }

    @Test("stopping: workers first, then the broker, exit code 0")
    func stops() {
        var supervisor = running()
        #expect(supervisor.stop(now: .seconds(5)) == [.stop(.worker(1)), .stop(.worker(2))])
        #expect(supervisor.ended(.worker(2), .exited(0), now: .seconds(6)) == [])
        #expect(supervisor.ended(.worker(1), .exited(0), now: .seconds(6)) == [.stop(.broker)])
        #expect(supervisor.ended(.broker, .exited(0), now: .seconds(7)) == [.finish(.success)])
        #expect(supervisor.stop(now: .seconds(8)) == [])
    }

    @Test("stopping while a worker waits to be started again does not start it")
    func stopsDuringPause() {
        var supervisor = running(workers: 1)
        _ = supervisor.ended(.worker(1), .exited(0), now: .seconds(2))
        #expect(supervisor.stop(now: .seconds(2)) == [.stop(.broker)])
        #expect(supervisor.tick(now: .seconds(9)) == [])
    }

    @Test("a worker that does not stop is killed, and so is the broker")
    func kills() {
        var supervisor = running(workers: 1)
        _ = supervisor.stop(now: .zero)
        #expect(supervisor.tick(now: .seconds(29)) == [])
        #expect(supervisor.tick(now: .seconds(30)).contains(.kill(.worker(1))))
        #expect(supervisor.ended(.worker(1), .exited(0), now: .seconds(30)) == [.stop(.broker)])
        #expect(supervisor.tick(now: .seconds(40)).contains(.kill(.broker)))
        #expect(supervisor.ended(.broker, .exited(0), now: .seconds(40)) == [.finish(.success)])
    }

    @Test("asked twice, workers are told again; three times, all are killed")
    func impatience() {
        var supervisor = running(workers: 1)
        _ = supervisor.stop(now: .zero)
        #expect(supervisor.stop(now: .seconds(1)).contains(.stop(.worker(1))))
        #expect(supervisor.stop(now: .seconds(2)) == [.kill(.broker), .kill(.worker(1))])
    }

    @Test("the broker's end is the end of all, with exit code 1")
    func brokerDies() {
        var supervisor = running(workers: 1)
        let actions = supervisor.ended(.broker, .killed(signal: 9), now: .seconds(3))
        #expect(actions.contains(.stop(.worker(1))))
        #expect(supervisor.ended(.worker(1), .exited(0), now: .seconds(4)) == [.finish(.failure)])
    }

    @Test("without workers a broker alone is fine")
    func brokerAlone() {
        var supervisor = running(workers: 0)
        #expect(supervisor.stop(now: .seconds(5)) == [.stop(.broker)])
    }

    @Test("a worker that cannot start is given up after half a minute, and where none can, all ends")
    func givesUp() {
        var supervisor = running(workers: 2)
        var now = Duration.seconds(2)
        func refuse(_ member: Supervisor.Member) -> [Supervisor.Action] {
            var actions = supervisor.ended(member, .exited(4), now: now)
            for _ in 0..<5 {
                while supervisor.tick(now: now) != [.start(member)] { now += .milliseconds(100) }
                actions = supervisor.ended(member, .exited(4), now: now)
            }
            return actions
        }
        #expect(refuse(.worker(1)).count == 1)
        #expect(now > .seconds(20) && now < .seconds(60))
        #expect(supervisor.tick(now: now + .seconds(600)) == [])
        let actions = refuse(.worker(2))
        #expect(actions.contains(.stop(.broker)))
        #expect(supervisor.ended(.broker, .exited(0), now: now) == [.finish(.failure)])
    }

    @Test("a worker that crashes after refusals is not given up")
    func crashesAreNotRefusals() {
        var supervisor = running(workers: 1)
        var now = Duration.seconds(2)
        for round in 0..<20 {
            let actions = supervisor.ended(.worker(1), .exited(round % 5 == 4 ? 3 : 4), now: now)
            #expect(!actions.contains(.stop(.broker)))
            while supervisor.tick(now: now) != [.start(.worker(1))] { now += .milliseconds(500) }
        }
    }
}
