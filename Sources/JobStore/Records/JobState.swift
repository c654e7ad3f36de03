/// Where a job stands. The raw values are in the database: never renumber them.
package enum JobState: Int, CaseIterable, Sendable {
    case waiting = 1
    case running = 2
    case succeeded = 3
    case failed = 4
    case cancelled = 5
    case expired = 6

    /// Whether it stays for ever.
    package var isTerminal: Bool { self != .waiting && self != .running }
}
