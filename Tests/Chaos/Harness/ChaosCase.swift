/// One of the sixteen tests.
struct ChaosCase: Sendable {
    let number: Int
    let title: String
    /// What is done, and what must hold, for the report.
    let plan: String
    let run: @Sendable (ChaosRun) throws -> Void

    init(_ number: Int, _ title: String, _ plan: String, run: @escaping @Sendable (ChaosRun) throws -> Void) {
        (self.number, self.title, self.plan, self.run) = (number, title, plan, run)
    }

    static let all: [ChaosCase] = [
        killedWorkers, crashAroundCommit, zombie, brokerAway, lostReplies, poison, hugeInput, malformed, clocks,
        stalledWatchers, fullDisk, backlog, cancelRaces, drain, reproducibility, smallDisk,
    ]
}
