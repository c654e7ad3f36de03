import ArgumentParser
import GroveClient

struct Jobs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists jobs, newest first.")

    enum State: String, ExpressibleByArgument, CaseIterable {
        case waiting, running, succeeded, failed, cancelled, expired

        var state: JobState { JobState.words.first { $0.word == rawValue }?.state ?? .unspecified }
    }

    @Option(help: "Only jobs in this state; may be given often.") var state: [State] = []
    @Option(help: "How many at most, 1 to 1000.") var limit = 50
    @Option(help: "Only jobs older than this one, for the next page.") var before: String?
    @Option(help: "The jobs of this array; without it those of arrays are left out.") var array: String?
    @OptionGroup var connection: BrokerOptions

    func validate() throws {
        guard (1...Limits.jobsPerList).contains(limit) else {
            throw ValidationError("--limit takes 1 to \(Limits.jobsPerList), not \(limit).")
        }
    }

    func run() async throws {
        try await reporting {
            let client = try connection.connect()
            let (jobs, hasMore) = try await client.jobs(
                state.map(\.state), limit: limit, before: before ?? "", array: array ?? "")
            let screen = Screen.shared
            if connection.json {
                for job in jobs { try screen.result(JSONText.line(job)) }
            } else {
                try screen.show(
                    JobText.table(jobs), orSay: "no such jobs; submit one with 'grove sample' or 'grove train'")
                if hasMore, let last = jobs.last { screen.note("there are more; see them with --before \(last.id)") }
            }
            return .success
        }
    }
}
