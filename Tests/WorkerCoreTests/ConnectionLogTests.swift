import Calls
import Logging
import Synchronization
import Testing

@testable import WorkerCore

@Suite struct ConnectionLogTests {
    private final class Lines: LogHandler, Sendable {
        let all = Mutex<[String]>([])

        // What is logged here carries no metadata of the logger, and every level counts.
        var metadata: Logger.Metadata {
            get { [:] }
            set {}
        }
        var logLevel: Logger.Level {
            get { .trace }
            set {}
        }
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { nil }
            set {}
        }

        func log(event: LogEvent) { all.withLock { $0.append("\(event.level) \(event.message)") } }
    }

    @Test func nobodyAnsweringIsSaidAtOnceThenRarely() {
        let lines = Lines()
        let time = Mutex(ContinuousClock.now)
        let log = ConnectionLog(Logger(label: "x") { _ in lines }, clock: { time.withLock { $0 } })
        // Every three seconds for an hour.
        for _ in 0..<1200 {
            log.note(.unanswered(reason: "no broker answers at tcp://x:1"))
            time.withLock { $0 += .seconds(3) }
        }
        let said = lines.all.withLock { $0 }
        #expect(said.count == 6)
        #expect(said.first == "warning no broker answers at tcp://x:1; trying again until one answers")
    }
}
