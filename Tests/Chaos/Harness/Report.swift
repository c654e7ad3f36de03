import Foundation

/// What a reader of the report wants to know of one test.
struct ChaosResult: Sendable {
    let number: Int
    let title: String
    let plan: String
    let findings: [String]
    let figures: [(name: String, value: String)]
    let seconds: Double

    var holds: Bool { findings.isEmpty }

    var line: String {
        let mark = holds ? "holds" : "BROKEN"
        let facts = figures.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
        return String(format: "%2d %@ %@ (%.1f s) %@", number, mark, title, seconds, facts)
    }
}

/// The page that `make chaos` leaves.
struct Report {
    let results: [ChaosResult]
    let seed: UInt64
    let isFull: Bool

    var markdown: String {
        let broken = results.count { !$0.holds }
        let seconds = results.reduce(0) { $0 + $1.seconds }
        var lines = [
            "# What the broker went through",
            "",
            broken == 0 ? "Everything held." : "\(broken) of \(results.count) tests found something.",
            "",
            "\(isFull ? "Full" : "Small") form, seed \(seed), \(Int(seconds)) s, \(Date().formatted(.iso8601)). The same seed makes "
                + "the same plan; the processes' timing stays their own.",
            "",
            "| | test | | figures |",
            "|---|---|---|---|",
        ]
        for result in results {
            let facts = result.figures.map { "\($0.name): \($0.value)" }.joined(separator: "; ")
            lines.append("| \(result.number) | \(result.title) | \(result.holds ? "held" : "**broken**") | \(facts) |")
        }
        lines += ["", "## What was done, and what must hold", ""]
        for result in results {
            lines += ["**\(result.number). \(result.title).** \(result.plan)", ""]
            for finding in result.findings { lines.append("- broken: \(finding)") }
            if !result.holds { lines.append("") }
        }
        return lines.joined(separator: "\n")
    }
}
