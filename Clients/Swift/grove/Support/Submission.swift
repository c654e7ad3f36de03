import GroveClient

/// Submits a job and, unless told otherwise, follows it and collects its results.
struct Submission: Sendable {
    let client: Client
    let options: SubmitOptions

    func run(_ spec: JobSpec) async throws -> CommandStatus {
        let screen = Screen.shared
        let id = try await submit(spec)
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

    /// - Parameter parents: ids of jobs that must have succeeded before, besides those of the options.
    func submit(_ spec: JobSpec, after parents: [String] = []) async throws -> String {
        let after = options.terms.after + parents
        let key = options.idempotencyKey ?? Client.randomKey()
        let (user, terms) = (Places.environment["USER"] ?? "", try options.terms.terms())
        guard options.array != nil || !options.sweep.isEmpty else {
            return try await client.submit(
                spec, key: key, priority: options.priority, user: user, after: after, terms: terms)
        }
        let range = try options.array.map { text throws(RPCError) in try ArrayText.range(text) }
        let array = try Grove_V1_JobArray(
            of: spec, seeds: range?.indices,
            sweeps: options.sweep.map { text throws(RPCError) in try ArrayText.sweep(text) },
            atMostRunning: range?.atMostRunning ?? 0)
        return try await client.submit(
            array, key: key, priority: options.priority, user: user, after: after, terms: terms)
    }
}
