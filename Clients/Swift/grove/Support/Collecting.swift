import GroveClient

/// Fetches the results of a job that has ended, and says what it made.
struct Collecting: Sendable {
    let client: Client
    let job: Job
    var output: String?
    let json: Bool

    /// Paths, or one JSON object, go to standard output.
    func run() async throws {
        guard !job.hasArray else { return try await runArray() }
        let screen = Screen.shared
        for artifact in job.artifacts { screen.note("made \(artifact.text)") }
        let paths = try await client.download(resultsOf: job, to: output ?? job.folder) { done, total, name in
            screen.draw(
                ProgressLine.transfer(
                    "downloading", done: done, total: total, name: name, width: screen.width - 1))
        }
        screen.clear()
        for line in try TextResults.lines(of: job.results, at: paths) { screen.note(line) }
        if json {
            try screen.result(JSONText.outcome(job, files: paths))
        } else {
            for path in paths { try screen.result(path) }
        }
    }

    /// Those of its jobs that succeeded, each in a folder with its index as its name.
    private func runArray() async throws {
        let folder = output ?? "grove-\(job.id)"
        var before = ""
        while true {
            let (jobs, hasMore) = try await client.jobs([.succeeded], limit: 100, before: before, array: job.id)
            for part in jobs {
                try await Collecting(
                    client: client, job: part, output: "\(folder)/\(part.arrayIndex)", json: json
                ).run()
            }
            guard hasMore, let last = jobs.last else { return }
            before = last.id
        }
    }
}

extension Job {
    /// Where results go when nobody says; of a job that goes on, a folder for each of its checkpoints.
    var folder: String { state.isTerminal ? "grove-\(id)" : "grove-\(id)-\(checkpoints.newest.name.printable)" }
}
