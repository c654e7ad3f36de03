import GroveClient

/// Submits the jobs of a chain: all of them, or none.
struct ChainSubmission {
    let client: Client
    let jobs: [ChainFile.Job]

    /// - Returns: the jobs' names and ids, parents first.
    func run() async throws -> [(name: String, id: String)] {
        var chain = Grove_V1_SubmitChainRequest()
        for job in jobs {
            var link = Grove_V1_ChainJob()
            link.name = job.step.name
            link.after = chain.jobs.enumerated().filter { job.step.after.contains($1.name) }.map { UInt32($0.offset) }
            do {
                let spec = try await job.command.spec(client)
                link.submit = try Submission(client: client, options: job.command.submit).request(for: spec)
            } catch let error as RPCError {
                throw error.about(link)
            }
            chain.jobs.append(link)
        }
        return zip(jobs, try await client.submit(chain)).map { (name: $0.step.name, id: $1) }
    }
}
