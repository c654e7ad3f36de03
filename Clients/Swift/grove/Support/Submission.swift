import GroveClient

/// Submits a job and, unless told otherwise, follows it and collects its results.
struct Submission: Sendable {
    let client: Client
    let options: SubmitOptions

    func run(_ spec: JobSpec) async throws -> CommandStatus {
        let screen = Screen.shared
        let id = try await client.submit(
            spec, key: options.idempotencyKey ?? Client.randomKey(), priority: options.priority,
            user: Places.environment["USER"] ?? "", after: options.terms.after, terms: options.terms.terms())
        guard !options.detach else {
            screen.result(options.json ? "{\"jobId\":\(JSONText.string(id))}" : id)
            return .success
        }
        screen.note("job \(id)")
        let (client, options) = (client, options)
        let job = try await Interruption.guarding {
            let job = try await Following(client: client).end(of: id)
            screen.note(JobText.ending(job))
            if job.state == .succeeded || options.json {
                try await Collecting(client: client, job: job, output: options.output, json: options.json).run()
            }
            return job
        }
        guard let job else {
            Following.farewell(id)
            return .interrupted
        }
        return CommandStatus(job.state)
    }
}
