import Foundation

/// The largest error of each category over one fixture, printed as one line where `GROVE_PARITY_REPORT` is set.
package final class ParityReport {
    private let fixture: Fixture
    private var errors: [(category: String, largest: Double)] = []
    private var isWithin = true

    private init(_ fixture: Fixture) { self.fixture = fixture }

    /// Runs the comparisons of one fixture and prints their line, also where they end in an error.
    package static func of(_ fixture: Fixture, _ compare: (ParityReport) throws -> Void) rethrows {
        let report = ParityReport(fixture)
        do {
            try compare(report)
        } catch {
            report.isWithin = false
            report.printLine()
            throw error
        }
        report.printLine()
    }

    /// Notes the error of one tensor, relative to its largest value.
    package func add(_ error: Double, as category: String, within: Bool) {
        isWithin = isWithin && within
        if let index = errors.firstIndex(where: { $0.category == category }) {
            errors[index].largest = max(errors[index].largest, error)
        } else {
            errors.append((category, error))
        }
    }

    package var line: String {
        let name = fixture.name.padding(toLength: max(28, fixture.name.count), withPad: " ", startingAt: 0)
        let parts = errors.map { "\($0.category) \(String(format: "%.1e", $0.largest))" }
        return ([name] + parts + [isWithin && !errors.isEmpty ? "ok" : "FAILED"]).joined(separator: "  ")
    }

    private func printLine() {
        guard ProcessInfo.processInfo.environment["GROVE_PARITY_REPORT"] != nil else { return }
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}
