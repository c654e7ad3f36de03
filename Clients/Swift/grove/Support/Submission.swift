import GroveClient

/// Submits a job and, unless told otherwise, follows it and collects its results.
struct Submission: Sendable {
    let client: Client
    let options: SubmitOptions

    func run(_ spec: JobSpec) async throws -> CommandStatus {
        let screen = Screen.shared
        let id = try await client.submit(request(for: spec))
        guard !options.detach else {
            try screen.submitted(options.json ? "{\"jobId\":\(JSONText.string(id))}" : id)
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

    /// What the broker is asked for: the job or, as the options say, an array of its like.
    func request(for spec: JobSpec) throws -> Grove_V1_SubmitRequest {
        var request = Grove_V1_SubmitRequest()
        request.idempotencyKey = options.idempotencyKey ?? Client.randomKey()
        (request.user, request.priority) = (Places.environment["USER"] ?? "", options.priority)
        request.after = options.terms.after
        let terms = try options.terms.terms()
        if terms != Terms() { request.terms = terms }
        guard options.array != nil || !options.sweep.isEmpty else {
            request.spec = spec
            return request
        }
        let range = try options.array.map { text throws(RPCError) in try ArrayText.range(text) }
        request.array = try Grove_V1_JobArray(
            of: spec, seeds: range?.indices,
            sweeps: options.sweep.map { text throws(RPCError) in try ArrayText.sweep(text) },
            atMostRunning: range?.atMostRunning ?? 0)
        return request
    }
}
