import Foundation
import Logging
import Synchronization
import Testing

@testable import BrokerCore

@Suite struct JSONLogHandlerTests {
    @Test func everyLineIsAnObject() throws {
        let lines = LineCollector()
        var log = Logger(label: "test") { JSONLogHandler(label: $0, write: { lines.append($0) }) }
        log[metadataKey: "job"] = "a\"b"
        log.warning("two\nlines \\ \u{1} é")
        let line = try #require(lines.all.first)
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
        #expect(object?["message"] == "two\nlines \\ \u{1} é")
        #expect(object?["job"] == "a\"b")
        #expect(object?["level"] == "warning")
        #expect(!line.contains("\n"))
    }
}

private final class LineCollector: Sendable {
    private let lines = Mutex<[String]>([])

    func append(_ line: String) { lines.withLock { $0.append(line) } }

    var all: [String] { lines.withLock { $0 } }
}
