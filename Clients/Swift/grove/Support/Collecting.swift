import GroveClient

/// Fetches the results of a job that has ended, and says what it made.
struct Collecting: Sendable {
    let client: Client
    let job: Job
    var output: String?
    let json: Bool

    /// Paths, or one JSON object, go to standard output.
    func run() async throws {
        let screen = Screen.shared
        for artifact in job.artifacts { screen.note("made \(artifact.text)") }
        let paths = try await client.download(resultsOf: job, to: output ?? job.folder) { done, total, name in
            screen.draw(
                ProgressLine.transfer(
                    "downloading", done: done, total: total, name: name, width: screen.width - 1))
        }
        screen.clear()
        if json {
            screen.result(JSONText.outcome(job, files: paths))
        } else {
            for path in paths { screen.result(path) }
        }
    }
}

extension Job {
    /// Where results go when nobody says; of a job that goes on, a folder for each of its checkpoints.
    var folder: String { state.isTerminal ? "grove-\(id)" : "grove-\(id)-\(Format.safe(checkpoints.newest.name))" }
}
