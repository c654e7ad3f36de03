import Logging
import Synchronization
import Testing
import Wire
import WorkerCore

@Suite struct HeartbeatTests {
    private let broker = FakeBroker()
    private let registry = AttemptRegistry()
    private let running = attempt()
    private let heartbeat: Heartbeat

    init() {
        heartbeat = Heartbeat(
            link: broker, registry: registry, interval: .seconds(1),
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        registry.add(running)
    }

    @Test func aStopReachesItsAttempt() {
        heartbeat.beat()
        #expect(running.stop == nil)
        broker.state.withLock { $0.stops = [running.id] }
        heartbeat.beat()
        #expect(running.stop == .dropped)
        running.requestStop(.shutdown)
        #expect(running.stop == .dropped, "a shutdown does not hide a cancel")
    }

    @Test func aJobThatIsWantedBackSavesItself() {
        broker.state.withLock { $0.yields = [running.id] }
        heartbeat.beat()
        #expect(running.stop == .yield && running.stop?.savesWork == true)
        broker.state.withLock { $0.stops = [running.id] }
        heartbeat.beat()
        #expect(running.stop?.savesWork == false)
    }

    @Test func aStepThatHangsIsNoticed() {
        let stuck = Mutex<[String]>([])
        let heartbeat = Heartbeat(
            link: broker, registry: registry, interval: .seconds(1), stuckTime: .zero,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { attempt in stuck.withLock { $0.append(attempt.id.jobID) } }
        heartbeat.beat()
        running.requestStop(.yield)
        heartbeat.beat()
        #expect(stuck.withLock { $0 }.isEmpty, "it may take its time to save itself")
        running.requestStop(.dropped)
        heartbeat.beat()
        #expect(stuck.withLock { $0 } == [running.id.jobID])
        running.endComputing()
        heartbeat.beat()
        #expect(stuck.withLock { $0 }.count == 1, "delivering an outcome is no hanging")
    }

    @Test func nothingIsSaidOfNothing() {
        registry.remove(running)
        heartbeat.beat()
        #expect(broker.state.withLock { $0.beats } == 0)
    }

    @Test(arguments: [StatusCode.unavailable, .deadlineExceeded])
    func linesWaitForABrokerThatIsAway(_ code: StatusCode) {
        let lines = (0..<250).map { "line \($0)" }
        for line in lines.prefix(3) { running.log(line) }
        broker.goAway(code)
        heartbeat.beat()
        heartbeat.sendLog(of: running)
        for line in lines.dropFirst(3) { running.log(line) }
        broker.comeBack()
        heartbeat.beat()
        #expect(broker.state.withLock { $0.lines } == lines)
    }

    @Test func linesOfAFencedAttemptAreDropped() {
        running.log("late")
        broker.goAway(.aborted)
        heartbeat.sendLog(of: running)
        #expect(running.takeLines(10).isEmpty)
    }

    @Test func longLinesAreCut() {
        running.log(String(repeating: "é", count: 5000))
        let line = running.takeLines(1).first ?? ""
        #expect(line.utf8.count <= Limits.logLineBytes && line.hasPrefix("éé"))
    }
}
